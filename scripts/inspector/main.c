// SPDX-License-Identifier: GPL-2.0-only
/* Options, the table of questions, and the files to ask about. */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "elf/files.h"
#include "elf/unpack.h"
#include "report/report.h"

static const char help[] =
"Usage: sections [OPTION]... FILE...\n"
"\n"
"Lists the functions and objects in the init and exit sections of a vmlinux, a\n"
"module or an object: their sizes, their owners, and when their memory is freed.\n"
"FILE can be packed by gzip, xz or zstd, or be a separate debug file; of a\n"
"directory, all modules in it are inspected.\n"
"\n"
"Questions, one at a time, instead of the list\n"
"  -b, --by WHAT           add up the bytes by source, directory or module\n"
"  -c, --compare           what moved, grew, came and went from FILE A to FILE B\n"
"  -g, --max-growth LIMIT  with --compare: fail if B is larger than A by more:\n"
"                          BYTES or NAME=BYTES; NAME is a lifetime (kept), a\n"
"                          directory or a source file; several, by commas\n"
"      --baseline FILE     with --compare: what --json wrote, in place of A\n"
"      --format FORMAT     with --compare: bloat-o-meter, for commit messages, or\n"
"                          markdown, for pull requests; of all sections\n"
"      --rows NUMBER       with --format markdown: print NUMBER changes (20), and\n"
"                          the sum of the others\n"
"  -a, --audit             find modules that cannot be unloaded, and init and\n"
"                          exit functions whose memory is never freed; fail if\n"
"                          there are any\n"
"  -k, --kernel VMLINUX    will this kernel find the modules' init and exit\n"
"                          functions? Fail if not; /sys/kernel/btf/vmlinux is the\n"
"                          running kernel, debian:6.12 one of Debian's\n"
"  -r, --running           list the loaded modules, and why some are permanent\n"
"      --root DIRECTORY    with --running: look for /proc, /sys and /lib there\n"
"\n"
"Filters\n"
"  -s, --section NAME      only these sections, of any kind (a pattern); can be\n"
"                          given several times\n"
"  -o, --owner PATH        only what comes from a source file or directory (a\n"
"                          pattern)\n"
"  -d, --driver NAME       only what belongs to this module\n"
"\n"
"Output\n"
"      --html PAGE         write a page with a map of FILE, or of what changed\n"
"                          from FILE A to FILE B; of all sections\n"
"      --svg PICTURE       draw FILE: what is kept and what is freed, and with\n"
"                          --driver or --owner where their part lies\n"
"  -j, --json              write JSON, for programs\n"
"  -h, --help              show this text\n"
"\n"
"Exit codes: 0 good; 1 a check failed; 2 wrong usage or input; 3 something is\n"
"missing on this machine.\n";

/* The first is the question without an option. */
static const struct question questions[] = {
	{ .add = list_add, .finish = list_finish },
	{ 'b', .begin = sums_begin, .add = sums_add, .finish = sums_finish },
	{ 'c', FILES_TWO, .begin = compare_begin, .add = compare_add, .finish = compare_finish },
	{ 'a', .whole = true, .relocations = true,
	  .begin = audit_begin, .add = audit_add, .finish = audit_finish },
	{ 'k', .whole = true, .relocations = true,
	  .begin = verdicts_begin, .add = verdicts_add, .finish = verdicts_finish },
	{ 'r', FILES_NONE, .whole = true, .begin = running_begin, .finish = running_finish },
	{ 'S', FILES_ONE, .add = svg_add, .finish = svg_finish },
};

/**
 * struct command - what the options have said
 * @question: in the table
 * @req: everything else
 * @given: the options, by letter
 * @left_out: what the last module that was left out does not have; allocated, or NULL
 * @directory: that it is in
 */
struct command {
	const struct question *question;
	struct request req;
	bool given[UCHAR_MAX + 1];
	char *left_out;
	const char *directory;
};

/* Leaves out a module of a directory that has nothing that was asked for. */
static int leave_out(struct command *command, const struct image *img,
		     const struct path *path)
{
	if (!path->directory) {
		complain(img->path, NULL, "%s", img->unmatched);
		return -1;
	}
	free(command->left_out);
	command->left_out = must_strdup(img->unmatched);
	command->directory = path->directory;
	return 0;
}

static int inspect(const struct path *path, void *arg)
{
	struct command *command = arg;
	struct request *req = &command->req;
	struct image img;
	int ret;

	ret = image_read(&img, path->name, &req->filter);
	if (!ret && img.unmatched && command->question->files != FILES_TWO) {
		ret = leave_out(command, &img, path);
	} else if (!ret) {
		ret = command->question->add(req, &img);
		req->answered += !ret;
	}
	image_close(&img);
	return ret;
}

/* A report that could not be written whole is no answer. */
static enum exit_code finish_output(enum exit_code status)
{
	bool failed = ferror(stdout);

	if (!fflush(stdout) && !failed)
		return status;
	fprintf(stderr, "sections: standard output: %s\n", strerror(errno ? errno : EIO));
	return EXIT_MACHINE;
}

/* A file that is opened must not become the standard output that somebody has closed. */
static void hold_standard_files(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			exit(EXIT_MACHINE);
}

/* Whether a letter is that of a question, which becomes the one that is asked. */
static bool ask(struct command *command, int letter)
{
	for (size_t i = 1; i < ARRAY_SIZE(questions); i++) {
		if (questions[i].letter != letter)
			continue;
		if (command->question != questions && command->question != &questions[i])
			usage_error("only one question at a time: --by, --compare, --audit, --kernel, --running or --svg");
		command->question = &questions[i];
		command->req.argument = optarg;
		return true;
	}
	return false;
}

static size_t parse_rows(const char *word)
{
	char *end;
	unsigned long rows = strtoul(word, &end, 10);

	if (*word < '0' || *word > '9' || *end)
		usage_error("--rows needs a number, not '%s'", word);
	return rows;
}

static enum format parse_format(const char *word)
{
	static const char * const names[NR_FORMATS] = {
		[FORMAT_BLOAT] = "bloat-o-meter", [FORMAT_MARKDOWN] = "markdown",
	};

	for (size_t i = FORMAT_TABLES + 1; i < NR_FORMATS; i++)
		if (!strcmp(word, names[i]))
			return i;
	usage_error("--format needs bloat-o-meter or markdown, not '%s'", word);
}

/* Of two values one would be passed over. */
static void check_option(struct command *command, int opt, const char *name)
{
	if (optarg && !*optarg)
		usage_error("--%s needs a value, not ''", name);
	if (optarg && command->given[opt] && opt != 's')
		usage_error("--%s can be given once only", name);
	command->given[opt] = true;
}

static void parse_option(struct command *command, int opt)
{
	struct request *req = &command->req;

	switch (opt) {
	case 'g':
		req->max_growth = optarg;
		break;
	case 'B':
		req->baseline = optarg;
		break;
	case 'F':
		req->format = parse_format(optarg);
		break;
	case 'N':
		req->max_rows = parse_rows(optarg);
		break;
	case 'R':
		req->root = optarg;
		break;
	case 's':
		filter_add_section(&req->filter, optarg);
		break;
	case 'o':
		req->filter.owner = optarg;
		break;
	case 'd':
		req->filter.driver = optarg;
		break;
	case 'j':
		req->json = true;
		break;
	case 'H':
		usage_error("scripts/sections makes the page of --html; write the option in full");
	case 'h':
		fputs(help, stdout);
		exit(finish_output(EXIT_GOOD));
	default:
		if (ask(command, opt))
			break;
		fputs("Try 'sections --help'.\n", stderr);
		exit(EXIT_INPUT);
	}
}

/* Refuses options that have no effect together. */
static void check_usage(const struct command *command, int nr_files, char **paths)
{
	const struct question *question = command->question;
	const struct request *req = &command->req;
	const struct filter *filter = &req->filter;

	for (int i = 0; i < nr_files; i++)
		if (!*paths[i])
			usage_error("a file needs a name, not ''");
	if (question->files == FILES_NONE ? nr_files : !nr_files)
		usage_error("%s", nr_files ? "--running takes no file" : "no file given");
	if (*req->root && question->letter != 'r')
		usage_error("--root needs --running");
	if (req->baseline && question->letter != 'c')
		usage_error("--baseline needs --compare");
	if (question->files == FILES_TWO && nr_files != (req->baseline ? 1 : 2))
		usage_error(req->baseline ? "--compare --baseline needs one file" :
			    "--compare needs two files");
	if (req->baseline && (filter->nr_sections || filter_items(filter)))
		usage_error("--baseline takes no filter: its own counts");
	if (req->baseline && req->format == FORMAT_BLOAT)
		usage_error("--format bloat-o-meter needs two files: a baseline has no symbol table");
	if (question->files == FILES_ONE && (nr_files != 1 || req->json))
		usage_error("--svg takes one file and cannot be combined with --json");
	if (req->max_growth && question->letter != 'c')
		usage_error("--max-growth needs --compare");
	if (req->format && (question->letter != 'c' || req->json))
		usage_error("--format needs --compare and cannot be combined with --json");
	if (req->format == FORMAT_BLOAT && (filter->nr_sections || filter_items(filter)))
		usage_error("--format bloat-o-meter counts all symbols and takes no filter");
	if (command->given['N'] && req->format != FORMAT_MARKDOWN)
		usage_error("--rows needs --format markdown");
	if (question->whole && (filter->nr_sections || filter->owner || filter->driver))
		usage_error("--audit, --kernel and --running take no filter");
}

static int inspect_all(struct command *command, int nr_files, char **paths)
{
	enum question_files takes = command->question->files;
	struct files files = { 0 };
	int ret;

	for (int i = 0; i < nr_files; i++)
		files_add(&files, paths[i], takes == FILES_ANY);
	ahead_begin(&files);
	ret = files_each(&files, takes == FILES_ANY, inspect, command);
	ahead_end();
	if (command->left_out && !command->req.answered) {
		complain(command->directory, NULL, "%s", command->left_out);
		ret = -1;
	}
	free(command->left_out);
	files_free(&files);
	return ret;
}

static enum exit_code answer(struct command *command, int nr_files, char **paths)
{
	const struct question *question = command->question;
	enum exit_code ret = EXIT_GOOD;

	command->req.filter.relocations = question->relocations;
	if (question->begin)
		ret = question->begin(&command->req);
	if (!ret && question->add && inspect_all(command, nr_files, paths))
		ret = EXIT_INPUT;
	if (question->finish)
		question->finish(&command->req);
	rows_free(&command->req.rows);
	free(command->req.filter.sections);
	return ret;
}

static const struct option options[] = {
	{ "by", required_argument, NULL, 'b' },
	{ "compare", no_argument, NULL, 'c' },
	{ "max-growth", required_argument, NULL, 'g' },
	{ "audit", no_argument, NULL, 'a' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "running", no_argument, NULL, 'r' },
	{ "root", required_argument, NULL, 'R' },
	{ "baseline", required_argument, NULL, 'B' },
	{ "format", required_argument, NULL, 'F' },
	{ "rows", required_argument, NULL, 'N' },
	{ "html", required_argument, NULL, 'H' },
	{ "svg", required_argument, NULL, 'S' },
	{ "section", required_argument, NULL, 's' },
	{ "owner", required_argument, NULL, 'o' },
	{ "driver", required_argument, NULL, 'd' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static const char *option_name(int letter)
{
	size_t i = 0;

	while (options[i].name && options[i].val != letter)
		i++;
	return options[i].name;
}

int main(int argc, char **argv)
{
	struct command command = {
		.question = questions, .req = { .max_rows = 20, .root = "" },
	};
	enum exit_code ret;
	int opt;

	argv[0] = "sections";
	setlocale(LC_CTYPE, "");
	hold_standard_files();
	signal(SIGPIPE, SIG_IGN);	/* writing to a closed pipe is an error like others */
	while ((opt = getopt_long(argc, argv, "b:cg:ak:rs:o:d:jh", options, NULL)) != -1) {
		check_option(&command, opt, option_name(opt));
		parse_option(&command, opt);
	}
	check_usage(&command, argc - optind, argv + optind);

	elf_version(EV_CURRENT);
	ret = answer(&command, argc - optind, argv + optind);
	return finish_output(ret ? ret : command.req.status);
}

// SPDX-License-Identifier: GPL-2.0-only
/* A module that uses a symbol of a namespace. */

#include <crypto/internal/cipher.h>
#include <linux/module.h>

/* Never run: the loader looks at the symbol. */
int cipher_use(struct crypto_cipher *tfm);
int cipher_use(struct crypto_cipher *tfm)
{
	return crypto_cipher_setkey(tfm, NULL, 0);
}

MODULE_DESCRIPTION("Module that imports a namespace");
MODULE_LICENSE("GPL");
MODULE_INFO(import_ns, "CRYPTO_INTERNAL");	/* MODULE_IMPORT_NS() takes a string since 6.13 */

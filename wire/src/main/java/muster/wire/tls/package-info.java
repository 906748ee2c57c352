/**
 * What TLS needs, from PEM files as programs in Go take them: authorities, a certificate with its key, or trust in anybody.
 * Reads files; nothing above it. Anyone may call it.
 */
package muster.wire.tls;

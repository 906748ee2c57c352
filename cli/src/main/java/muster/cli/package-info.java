/**
 * The commands, under the originals' names, flags, outputs and exit codes. Starts fast: no server code, no framework, one
 * socket. Called by the launcher; other modules do not use it.
 */
package muster.cli;

/**
 * Watches dependencies, each once, and keeps the last good value of each. Does I/O through the registry client and reads files.
 * Called by the runner and the commands.
 */
package muster.template.watch;

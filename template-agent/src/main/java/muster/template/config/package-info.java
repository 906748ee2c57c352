/**
 * The agent's configuration: consul-template's files, flags and variables as one record. Reads files and the environment it is
 * given; otherwise pure. Called by the commands.
 */
package muster.template.config;

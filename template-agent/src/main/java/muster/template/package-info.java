/**
 * The template commands: {@code template eval} and the consul-template-like agent. Reads arguments, configuration and files.
 * Called by the command line and by the agent's launcher.
 */
package muster.template;

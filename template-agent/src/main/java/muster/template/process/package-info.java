/**
 * Programs that the agent runs: commands after a change, checks of new files, and the supervised child of exec mode, with their
 * environment and signals. Does I/O. Called by the agent.
 */
package muster.template.process;

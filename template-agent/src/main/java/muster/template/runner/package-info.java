/**
 * Keeps the templates of a task, or of the template command, rendered: what to watch, when to render, what to do about
 * changed files. {@code Quiescence} is pure; {@code TaskTemplates} owns a thread and does I/O.
 * Called by the scheduler's task runner and by the commands.
 */
package muster.template.runner;

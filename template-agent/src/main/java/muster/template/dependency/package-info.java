/**
 * What templates read: dependencies as values, their textual form in templates, and a snapshot of their answers.
 * Pure. Called by the functions, the renderer and the watcher.
 */
package muster.template.dependency;

/**
 * The web pages, as files of this module and the routes that serve them. They read the public HTTP APIs and nothing else. Called by
 * the agent, which adds them to each API.
 */
package muster.ui;

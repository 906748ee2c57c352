/**
 * The web application: its files, and the way from a page to the public APIs of this process. Serves and forwards, and decides nothing
 * of its own. Called by the agent and the balancer, which add it to their listeners.
 */
package muster.ui;

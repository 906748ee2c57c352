/**
 * From the registry to routes: which services count, which instances are healthy enough, what their tags say, and the loop that
 * makes a new table when any of it changes. The rules are pure, the followers are the shell. Called by the balancers.
 */
package muster.lb.source;

/**
 * The Traefik dialect: static configuration, tags, rules, routers, the read API and the dashboard. Configuration, tags, rules and
 * tables are pure; source and balancer are the shell. Called by the agent.
 */
package muster.lb.traefik;

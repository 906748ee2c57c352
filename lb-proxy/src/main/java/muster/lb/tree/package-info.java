/**
 * Configuration as trees: shapes that say which keys there are, readers for tags, TOML and YAML, and values with their types. Pure.
 * Called by the middlewares and by Traefik's dialect.
 */
package muster.lb.tree;

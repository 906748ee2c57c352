/**
 * One process out of the parts: command line and configuration files, wiring by constructor, lifecycle, logging. Nothing
 * calls it but the launcher.
 */
package muster.agent;

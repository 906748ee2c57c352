/**
 * What tasks ask to be fetched before they start: sources, checksums, archives, all within an allocation's folder. Not pure: downloads,
 * writes, runs git. Called by {@code muster.scheduler.client} alone.
 */
package muster.scheduler.artifact;

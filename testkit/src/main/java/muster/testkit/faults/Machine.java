package muster.testkit.faults;

import java.nio.file.Path;
import java.util.List;

/**
 * Where an agent lives, and where the others reach it.
 *
 * @param number from 0
 * @param own the address it listens on and connects from
 * @param front the address at which the others reach it, unless the network is cut
 * @param home a folder of its own
 */
record Machine(int number, String own, String front, Path home, List<String> fronts, Ports ports) {
    /** The same on every machine. */
    record Ports(int join, int server, int http) {}
}

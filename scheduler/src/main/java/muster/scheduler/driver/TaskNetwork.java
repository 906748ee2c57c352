package muster.scheduler.driver;

import java.util.Map;

/**
 * The network that a driver gave a task beside the node's own. (Nomad docs: "service stanza", {@code address_mode})
 *
 * @param ip the task's address in it
 * @param ports where the task listens there, by the label of the port
 * @param advertised whether services lead there unless they say otherwise: the task can't be reached through the node
 */
public record TaskNetwork(String ip, Map<String, Integer> ports, boolean advertised) {
    public TaskNetwork {
        ports = Map.copyOf(ports);
    }
}

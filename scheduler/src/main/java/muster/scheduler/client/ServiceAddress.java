package muster.scheduler.client;

import java.util.List;
import java.util.Optional;
import muster.scheduler.driver.TaskNetwork;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.Allocation;

/**
 * Where a service or one of its checks is reached. Pure. (Nomad docs: "service stanza", {@code address_mode})
 *
 * @param ip "" for the node's
 * @param port 0 for none
 */
record ServiceAddress(String ip, int port) {
    private static final int MAX_PORT = 65535;

    /**
     * Where a port's label leads in a mode. A number is a port by itself, and no label is no port; so is a label that nothing is known of.
     * Throws {@link IllegalArgumentException} where the mode needs a network that is not there.
     *
     * @param task whose ports are asked besides the group's
     * @param network that the driver gave the task
     */
    static ServiceAddress of(Allocation allocation, Optional<String> task, Optional<TaskNetwork> network, String label, String mode) {
        return switch (mode) {
            case "driver" -> ofDriver(network.orElseThrow(() ->
                    new IllegalArgumentException("cannot use address_mode=\"driver\": no driver network exists")), label);
            case "alloc" -> inside(allocation, label);
            case "host" -> ofHost(allocation, task, label);
            case "", "auto" -> network.filter(TaskNetwork::advertised).map(own -> ofDriver(own, label))
                    .orElseGet(() -> ofHost(allocation, task, label));
            default -> throw new IllegalArgumentException("invalid address mode \"" + mode + "\"");
        };
    }

    private static ServiceAddress ofDriver(TaskNetwork network, String label) {
        if (label.isEmpty()) {
            return new ServiceAddress(network.ip(), 0);
        }
        Integer port = network.ports().get(label);
        return new ServiceAddress(network.ip(), port == null ? number(label).orElseThrow(() ->
                new IllegalArgumentException("invalid port \"" + label + "\": port label not found")) : port);
    }

    private static ServiceAddress inside(Allocation allocation, String label) {
        if (allocation.networkStatus() == null) {
            throw new IllegalArgumentException("cannot use address_mode=\"alloc\": no allocation network status reported");
        }
        String ip = allocation.networkStatus().address();
        if (label.isEmpty()) {
            return new ServiceAddress(ip, 0);
        }
        return shared(allocation, label).map(port -> new ServiceAddress(ip, port.to() > 0 ? port.to() : port.value()))
                .orElseGet(() -> new ServiceAddress(ip, number(label).orElseThrow(() ->
                        new IllegalArgumentException("invalid port \"" + label + "\": port label not found"))));
    }

    private static ServiceAddress ofHost(Allocation allocation, Optional<String> task, String label) {
        if (label.isEmpty()) {
            return new ServiceAddress("", 0);
        }
        return shared(allocation, label).map(port -> new ServiceAddress(port.hostIP(), port.value()))
                .or(() -> task.flatMap(name -> own(allocation, name, label)))
                .orElseGet(() -> new ServiceAddress("", number(label).orElse(0)));
    }

    private static Optional<AllocatedPort> shared(Allocation allocation, String label) {
        if (allocation.allocatedResources() == null || allocation.allocatedResources().shared() == null) {
            return Optional.empty();
        }
        return Values.orEmpty(allocation.allocatedResources().shared().ports()).stream().filter(port -> port.label().equals(label)).findFirst();
    }

    private static Optional<ServiceAddress> own(Allocation allocation, String task, String label) {
        if (allocation.allocatedResources() == null || !Values.orEmpty(allocation.allocatedResources().tasks()).containsKey(task)) {
            return Optional.empty();
        }
        List<NetworkResource> networks = Values.orEmpty(allocation.allocatedResources().tasks().get(task).networks());
        for (NetworkResource network : networks) {
            for (Port port : TaskEnvironment.ports(network)) {
                if (port.label().equals(label)) {
                    return Optional.of(new ServiceAddress(network.ip(), port.value()));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Integer> number(String label) {
        return label.matches("[0-9]{1,5}") && Integer.parseInt(label) <= MAX_PORT ? Optional.of(Integer.parseInt(label)) : Optional.empty();
    }

    /** The same, where something has to be connected to: {@code node} stands for an address that is the node's. */
    String connectable(String node) {
        String host = ip.isEmpty() ? node : ip;
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}

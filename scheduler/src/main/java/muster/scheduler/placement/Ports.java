package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.job.Port;
import muster.scheduler.job.Values;
import muster.scheduler.state.AllocatedPort;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeNetworkAddress;
import muster.scheduler.state.NodeNetworkResource;
import muster.scheduler.state.NodeUse;

/**
 * The ports of one node that are in use, per address, and the giving out of more. Lives for one look at the node. Dynamic
 * ports come from the node's range: some random tries, then a scan from a random place.
 */
final class Ports {
    static final int FIRST_DYNAMIC = 20_000;
    static final int LAST_DYNAMIC = 32_000;
    private static final int RANDOM_TRIES = 20;
    private static final int MAX_PORT = 65_535;

    /** What came of asking: the network with its ports, or in one text what stood against it. */
    record Granted(NetworkResource network, List<AllocatedPort> ports, String refusal) {}

    private final int firstDynamic;
    private final int lastDynamic;
    private final Map<String, List<String>> addresses = new LinkedHashMap<>();
    private final Map<String, BitSet> used = new HashMap<>();
    private final List<String> deviceAddresses = new ArrayList<>();
    private String collision = "";

    Ports(Node node) {
        int first = node.nodeResources() == null ? 0 : node.nodeResources().minDynamicPort();
        int last = node.nodeResources() == null ? 0 : node.nodeResources().maxDynamicPort();
        firstDynamic = first == 0 ? FIRST_DYNAMIC : first;
        lastDynamic = last == 0 ? LAST_DYNAMIC : last;
        if (node.nodeResources() != null) {
            for (NodeNetworkResource network : Values.orEmpty(node.nodeResources().nodeNetworks())) {
                for (NodeNetworkAddress address : Values.orEmpty(network.addresses())) {
                    String alias = address.alias().isEmpty() ? "default" : address.alias();
                    addresses.computeIfAbsent(alias, a -> new ArrayList<>()).add(address.address());
                    reserve(address.address(), address.reservedPorts());
                }
            }
            for (NetworkResource network : Values.orEmpty(node.nodeResources().networks())) {
                deviceAddresses.add(network.ip());
                addresses.computeIfAbsent("default", a -> new ArrayList<>());
                if (addresses.get("default").isEmpty()) {
                    addresses.get("default").add(network.ip());
                }
            }
        }
        if (node.reservedResources() != null && node.reservedResources().networks() != null) {
            for (String address : everyAddress()) {
                reserve(address, node.reservedResources().networks().reservedHostPorts());
            }
        }
    }

    private List<String> everyAddress() {
        List<String> every = new ArrayList<>(deviceAddresses);
        addresses.values().forEach(every::addAll);
        return every.stream().distinct().toList();
    }

    private void reserve(String address, String ranges) {
        for (String range : ranges.split(",")) {
            String[] ends = range.strip().split("-", 2);
            if (!ends[0].isEmpty()) {
                int from = Integer.parseInt(ends[0].strip());
                int to = ends.length == 1 ? from : Integer.parseInt(ends[1].strip());
                used(address).set(from, to + 1);
            }
        }
    }

    private BitSet used(String address) {
        return used.computeIfAbsent(address, a -> new BitSet(MAX_PORT + 1));
    }

    /** Whether there is a host network of that name. */
    boolean hasNetwork(String name) {
        return addresses.containsKey(name);
    }

    /** Takes what is in use. Remembers a port that is taken twice: see {@link #collision}. */
    void add(NodeUse use) {
        use.ports().forEach((address, ports) -> {
            for (int port : ports) {
                take(address, port);
            }
        });
    }

    private void take(String address, int port) {
        BitSet ports = used(address);
        if (ports.get(port)) {
            collision = "reserved port collision " + address + ':' + port;
        }
        ports.set(port);
    }

    /** What {@link #add} found taken twice, "" when nothing was. */
    String collision() {
        return collision;
    }

    /** Whether a static port is in use on the address that it would be on. */
    boolean isTaken(Port port) {
        String address = address(port);
        return address != null && used(address).get(port.value());
    }

    /** Gives a group's network its ports: each on the first address of its host network. Takes nothing when it refuses. */
    Granted group(NetworkResource asked, RandomGenerator random) {
        List<AllocatedPort> granted = new ArrayList<>();
        List<Port> reserved = new ArrayList<>();
        for (Port port : Values.orEmpty(asked.reservedPorts())) {
            String address = address(port);
            if (address == null) {
                return refused("no addresses available for \"" + port.hostNetwork() + "\" network");
            }
            if (used(address).get(port.value()) || holds(granted, address, port.value())) {
                return refused("reserved port collision " + port.label() + "=" + port.value());
            }
            granted.add(new AllocatedPort(address, port.label(), port.to() == -1 ? port.value() : port.to(), port.value()));
            reserved.add(port.to() == -1 ? port.withTo(port.value()) : port);
        }
        List<Port> dynamic = new ArrayList<>();
        for (Port port : Values.orEmpty(asked.dynamicPorts())) {
            String address = address(port);
            if (address == null) {
                return refused("no addresses available for \"" + port.hostNetwork() + "\" network");
            }
            int value = dynamic(address, granted, random);
            if (value == 0) {
                return refused("dynamic port selection failed");
            }
            int to = port.to() == -1 ? value : port.to();
            granted.add(new AllocatedPort(address, port.label(), to, value));
            dynamic.add(port.withValue(value).withTo(to));
        }
        granted.forEach(port -> used(port.hostIP()).set(port.value()));
        String ip = granted.isEmpty() ? firstAddress() : granted.getFirst().hostIP();
        NetworkResource network = asked.withIp(ip).withReservedPorts(orNull(reserved, asked.reservedPorts()))
                .withDynamicPorts(orNull(dynamic, asked.dynamicPorts()));
        return new Granted(network, granted, "");
    }

    /** Gives a task's own network its ports, all on the first address of the node that can take them. */
    Granted task(NetworkResource asked, RandomGenerator random) {
        String refusal = "no networks available";
        for (String address : taskAddresses()) {
            List<AllocatedPort> granted = new ArrayList<>();
            List<Port> dynamic = new ArrayList<>();
            refusal = "";
            for (Port port : Values.orEmpty(asked.reservedPorts())) {
                if (used(address).get(port.value())) {
                    refusal = "reserved port collision " + port.label() + "=" + port.value();
                }
                granted.add(new AllocatedPort(address, port.label(), port.to(), port.value()));
            }
            for (Port port : Values.orEmpty(asked.dynamicPorts())) {
                int value = dynamic(address, granted, random);
                if (value == 0) {
                    refusal = "dynamic port selection failed";
                }
                granted.add(new AllocatedPort(address, port.label(), port.to(), value));
                dynamic.add(port.withValue(value).withTo(port.to() == -1 ? value : port.to()));
            }
            if (refusal.isEmpty()) {
                granted.forEach(port -> used(address).set(port.value()));
                return new Granted(asked.withIp(address).withDynamicPorts(orNull(dynamic, asked.dynamicPorts())), granted, "");
            }
        }
        return refused(refusal);
    }

    private List<String> taskAddresses() {
        return deviceAddresses.isEmpty() ? addresses.getOrDefault("default", List.of()) : deviceAddresses;
    }

    private String firstAddress() {
        List<String> own = addresses.getOrDefault("default", List.of());
        return own.isEmpty() ? "" : own.getFirst();
    }

    private String address(Port port) {
        List<String> own = addresses.getOrDefault(port.hostNetwork().isEmpty() ? "default" : port.hostNetwork(), List.of());
        return own.isEmpty() ? null : own.getFirst();
    }

    private int dynamic(String address, List<AllocatedPort> granted, RandomGenerator random) {
        int size = lastDynamic - firstDynamic + 1;
        for (int i = 0; i < RANDOM_TRIES; i++) {
            int port = firstDynamic + random.nextInt(size);
            if (!used(address).get(port) && !holds(granted, address, port)) {
                return port;
            }
        }
        int start = random.nextInt(size);
        for (int i = 0; i < size; i++) {
            int port = firstDynamic + (start + i) % size;
            if (!used(address).get(port) && !holds(granted, address, port)) {
                return port;
            }
        }
        return 0;
    }

    private static boolean holds(List<AllocatedPort> granted, String address, int port) {
        return granted.stream().anyMatch(p -> p.hostIP().equals(address) && p.value() == port);
    }

    private static <T> List<T> orNull(List<T> made, List<T> asked) {
        return asked == null ? null : made;
    }

    private static Granted refused(String text) {
        return new Granted(null, List.of(), text);
    }

    /** For tests: the ports in use on an address. */
    int[] inUse(String address) {
        return Arrays.copyOf(used(address).stream().toArray(), used(address).cardinality());
    }
}

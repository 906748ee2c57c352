package muster.scheduler.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.scheduler.driver.Signal;
import muster.scheduler.job.NetworkResource;
import muster.scheduler.state.Node;
import muster.scheduler.state.NodeCpuResources;
import muster.scheduler.state.NodeDiskResources;
import muster.scheduler.state.NodeMemoryResources;
import muster.scheduler.state.NodeNetworkAddress;
import muster.scheduler.state.NodeNetworkResource;
import muster.scheduler.state.NodeReservedCpuResources;
import muster.scheduler.state.NodeReservedDiskResources;
import muster.scheduler.state.NodeReservedMemoryResources;
import muster.scheduler.state.NodeReservedNetworkResources;
import muster.scheduler.state.NodeReservedResources;
import muster.scheduler.state.NodeResources;

/** What this machine is and has, under the originals' attribute names. Reads {@code /proc} and {@code /etc/os-release}. */
final class Fingerprint {
    private static final int DEFAULT_MHZ = 1000;
    private static final int NETWORK_MBITS = 1000;

    private Fingerprint() {}

    /** The node as it is registered, with status {@code initializing}. */
    static Node take(ClientSettings settings, String id, String secret, DriverWatch.Found drivers, RegistryClient registry, Instant now) {
        Map<String, String> attributes = new TreeMap<>();
        int cores = Runtime.getRuntime().availableProcessors();
        Map<String, String> cpu = firstPairs(Path.of("/proc/cpuinfo"), ":");
        int mhz = (int) Math.round(Double.parseDouble(cpu.getOrDefault("cpu MHz", String.valueOf(DEFAULT_MHZ))));
        int total = settings.capacity().cpuTotalMhz().orElse(mhz * cores);
        attributes.put("cpu.arch", arch());
        attributes.put("cpu.frequency", String.valueOf(mhz));
        attributes.put("cpu.modelname", cpu.getOrDefault("model name", "unknown"));
        attributes.put("cpu.numcores", String.valueOf(cores));
        attributes.put("cpu.totalcompute", String.valueOf(total));
        attributes.put("cpu.reservablecores", String.valueOf(cores));
        String memory = firstPairs(Path.of("/proc/meminfo"), ":").getOrDefault("MemTotal", "0 kB");
        long memoryBytes = settings.capacity().memoryTotalMb().map(mb -> (long) mb << 20)
                .orElse(Long.parseLong(memory.split(" ")[0]) << 10);
        attributes.put("memory.totalbytes", String.valueOf(memoryBytes));
        attributes.put("kernel.name", System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT));
        attributes.put("kernel.version", System.getProperty("os.version"));
        Map<String, String> os = firstPairs(Path.of("/etc/os-release"), "=");
        attributes.put("os.name", os.getOrDefault("ID", "linux").replace("\"", ""));
        attributes.put("os.version", os.getOrDefault("VERSION_ID", "").replace("\"", ""));
        attributes.put("os.signals", Signal.names());
        attributes.put("nomad.version", settings.version());
        attributes.put("nomad.revision", "");
        attributes.put("nomad.advertise.address", settings.api().address());
        attributes.put("unique.hostname", hostName());
        attributes.put("unique.network.ip-address", settings.address());
        if (Files.isDirectory(Path.of("/sys/fs/cgroup"))) {
            attributes.put("unique.cgroup.mountpoint", "/sys/fs/cgroup");
        }
        long diskMb = storage(settings.dataDir(), attributes);
        Map<String, String> links = consul(registry, attributes);
        attributes.putAll(drivers.attributes());
        attributes.putAll(settings.attributes());
        ClientSettings.Capacity capacity = settings.capacity();
        NodeResources resources = new NodeResources(
                new NodeCpuResources(total, range(cores), cores), StatedDevices.of(settings.meta()), new NodeDiskResources(diskMb), 0,
                new NodeMemoryResources(memoryBytes >> 20), 0, networks(settings), nodeNetworks(settings));
        NodeReservedResources reserved = new NodeReservedResources(
                new NodeReservedCpuResources(capacity.reservedCpuMhz(), List.of()),
                new NodeReservedDiskResources(capacity.reservedDiskMb()),
                new NodeReservedMemoryResources(capacity.reservedMemoryMb()),
                new NodeReservedNetworkResources(capacity.reservedPorts()));
        return new Node(attributes, Map.of(), Map.of(), "", 0, settings.datacenter(), false, null, drivers.states(), List.of(),
                settings.api().address(), null, settings.rules().hostVolumes().isEmpty() ? null : settings.rules().hostVolumes(), id, null, links, settings.meta(), 0, settings.name(), settings.nodeClass(), settings.nodePool(),
                resources, reserved, Node.ELIGIBLE, secret, Node.INITIALIZING, "", now.getEpochSecond(), settings.api().tls());
    }

    /** The registry's agent beside this node; a registry that is away leaves the attributes out. */
    private static Map<String, String> consul(RegistryClient registry, Map<String, String> attributes) {
        try {
            RegistryClient.AgentSelf self = registry.self();
            attributes.put("consul.datacenter", self.datacenter());
            attributes.put("unique.consul.name", self.nodeName());
            return Map.of("consul", self.datacenter() + "." + self.nodeName());
        } catch (RegistryException e) {
            return Map.of();
        }
    }

    private static long storage(Path folder, Map<String, String> attributes) {
        try {
            FileStore store = Files.getFileStore(folder);
            attributes.put("unique.storage.volume", store.name());
            attributes.put("unique.storage.bytestotal", String.valueOf(store.getTotalSpace()));
            attributes.put("unique.storage.bytesfree", String.valueOf(store.getUsableSpace()));
            return store.getUsableSpace() >> 20;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("can't look at the disk of data_dir " + folder, e);
        }
    }

    private static String arch() {
        String arch = System.getProperty("os.arch");
        return arch.equals("aarch64") ? "arm64" : arch;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (java.net.UnknownHostException e) {
            return "localhost";
        }
    }

    private static List<Integer> range(int count) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(i);
        }
        return all;
    }

    private static List<String> addresses(ClientSettings settings) {
        List<String> addresses = new ArrayList<>();
        addresses.add(settings.address());
        try {
            NetworkInterface device = NetworkInterface.getByName(settings.device());
            if (device != null) {
                for (InterfaceAddress found : device.getInterfaceAddresses()) {
                    String text = compress(found.getAddress());
                    if (!found.getAddress().isLinkLocalAddress() && !addresses.contains(text)) {
                        addresses.add(text);
                    }
                }
            }
        } catch (SocketException e) {
            return addresses;
        }
        return addresses;
    }

    /** An address as the originals write it: IPv6 with its longest run of zeros left out, without a scope. */
    private static String compress(InetAddress address) {
        String text = address.getHostAddress().replaceFirst("%.*", "");
        return text.contains(":") ? text.replaceFirst("(^|:)(0(:|$)){2,}", "::") : text;
    }

    private static List<NetworkResource> networks(ClientSettings settings) {
        List<NetworkResource> networks = new ArrayList<>();
        for (String address : addresses(settings)) {
            String cidr = address + (address.contains(":") ? "/128" : "/32");
            networks.add(new NetworkResource(cidr, null, settings.device(), null, address, NETWORK_MBITS, "host", null));
        }
        return networks;
    }

    private static List<NodeNetworkResource> nodeNetworks(ClientSettings settings) {
        List<NodeNetworkAddress> list = new ArrayList<>();
        for (String address : addresses(settings)) {
            list.add(new NodeNetworkAddress(address, "default", address.contains(":") ? "ipv6" : "ipv4", "", ""));
        }
        return List.of(new NodeNetworkResource(list, settings.device(), "", "host", NETWORK_MBITS));
    }

    /** The first value of each key; an unreadable file has none. */
    private static Map<String, String> firstPairs(Path file, String separator) {
        Map<String, String> pairs = new TreeMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int at = line.indexOf(separator);
                if (at > 0) {
                    pairs.putIfAbsent(line.substring(0, at).strip(), line.substring(at + 1).strip());
                }
            }
        } catch (IOException e) {
            return pairs;
        }
        return pairs;
    }

    /** The saved identity of a node, or a new one. */
    record Identity(String id, String secret) {
        static Identity of(Path dataDir, boolean keep, java.util.function.Supplier<String> ids) throws IOException {
            Path file = dataDir.resolve("client/identity");
            if (keep && Files.exists(file)) {
                List<String> lines = Files.readAllLines(file);
                return new Identity(lines.get(0), lines.get(1));
            }
            Identity fresh = new Identity(ids.get(), ids.get());
            if (keep) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, fresh.id() + "\n" + fresh.secret() + "\n");
                Files.setAttribute(file, "unix:mode", 0600);
            }
            return fresh;
        }
    }
}

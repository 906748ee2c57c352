package muster.registry.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code agent/host} tells of the machine. */
final class HostDescription {
    private final InstantSource clock;

    HostDescription(InstantSource clock) {
        this.clock = clock;
    }

    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("Memory", memory());
        tree.put("CPU", processors());
        tree.put("Host", host());
        tree.put("Disk", disk());
        tree.put("CollectionTime", clock.instant().toEpochMilli() * 1_000_000);
        tree.put("Errors", null);
        return tree;
    }

    private static Map<String, Object> memory() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system)) {
            return Map.of();
        }
        long total = system.getTotalMemorySize();
        long free = system.getFreeMemorySize();
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("total", total);
        memory.put("available", free);
        memory.put("used", total - free);
        memory.put("usedPercent", total == 0 ? 0.0 : (total - free) * 100.0 / total);
        memory.put("free", free);
        return memory;
    }

    private static List<Object> processors() {
        List<Object> processors = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            processors.add(Map.of("cpu", i, "cores", 1));
        }
        return processors;
    }

    private static Map<String, Object> host() {
        Map<String, Object> host = new LinkedHashMap<>();
        host.put("hostname", hostname());
        host.put("uptime", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
        host.put("os", System.getProperty("os.name").toLowerCase(Locale.ROOT));
        host.put("kernelVersion", System.getProperty("os.version"));
        host.put("kernelArch", System.getProperty("os.arch"));
        return host;
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static Map<String, Object> disk() {
        try {
            FileStore store = Files.getFileStore(Path.of("/"));
            long total = store.getTotalSpace();
            long free = store.getUsableSpace();
            Map<String, Object> disk = new LinkedHashMap<>();
            disk.put("path", "/");
            disk.put("fstype", store.type());
            disk.put("total", total);
            disk.put("free", free);
            disk.put("used", total - free);
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

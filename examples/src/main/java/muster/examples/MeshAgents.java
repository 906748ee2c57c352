package muster.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The agents of the mesh as processes: three machines with a server of the registry, three with one of the scheduler, and three that run
 * tasks, each beside an agent of the registry. Each machine is an address of the loopback network and a folder. One thread.
 */
final class MeshAgents implements AutoCloseable {
    private static final int MACHINES = 3;
    private static final long END_SECONDS = 5;

    private final Path files;
    private final Path folder;
    private final String network;
    private final Function<String, List<String>> programs;
    /** The processes of each machine, by its address. */
    private final Map<String, List<Process>> machines = new LinkedHashMap<>();

    /**
     * @param files the example's folder
     * @param folder empty; what the machines keep and print goes there
     * @param network the first three numbers of the addresses, as {@code 127.0.7}
     * @param programs the command lines of {@code consul} and {@code nomad}
     */
    MeshAgents(Path files, Path folder, String network, Function<String, List<String>> programs) {
        this.files = files;
        this.folder = folder;
        this.network = network;
        this.programs = programs;
    }

    List<String> registryServers() {
        return addresses(10);
    }

    List<String> schedulerServers() {
        return addresses(20);
    }

    List<String> nodes() {
        return addresses(30);
    }

    private List<String> addresses(int from) {
        List<String> addresses = new ArrayList<>();
        for (int i = 1; i <= MACHINES; i++) {
            addresses.add(network + "." + (from + i));
        }
        return addresses;
    }

    void startServers() throws IOException {
        for (int i = 0; i < MACHINES; i++) {
            consul("consul-" + (i + 1), registryServers().get(i), "server.json");
            nomad("nomad-" + (i + 1), schedulerServers().get(i), "server.hcl", registryServers().get(i), "-retry-join", schedulerServers());
        }
    }

    /** They could as well come first; then twelve programs start at a time on one machine. */
    void startNodes() throws IOException {
        for (int i = 0; i < MACHINES; i++) {
            consul("client-" + (i + 1), nodes().get(i), "client.json");
            nomad("client-" + (i + 1), nodes().get(i), "client.hcl", nodes().get(i), "-servers", schedulerServers());
        }
    }

    private void consul(String name, String address, String file) throws IOException {
        List<String> line = new ArrayList<>(List.of("agent", "-config-file", files.resolve("consul.d").resolve(file).toString(), "-node", name,
                "-bind", address, "-client", address, "-data-dir", data(name, "consul"), "-dns-port", "-1"));
        registryServers().forEach(server -> line.addAll(List.of("-retry-join", server)));
        start("consul", name, address, line);
    }

    private void nomad(String name, String address, String file, String registry, String flag, List<String> servers) throws IOException {
        List<String> line = new ArrayList<>(List.of("agent", "-config", files.resolve("nomad.d").resolve(file).toString(), "-node", name,
                "-bind", address, "-data-dir", data(name, "nomad"), "-consul-address", registry + ":8500"));
        servers.forEach(server -> line.addAll(List.of(flag, server)));
        start("nomad", name, address, line);
    }

    private String data(String name, String tool) throws IOException {
        return Files.createDirectories(folder.resolve(name).resolve(tool)).toString();
    }

    private void start(String tool, String name, String address, List<String> arguments) throws IOException {
        // A session of its own, as on a machine of its own: it gets its share of the processors, and no Ctrl-C of this terminal.
        List<String> line = new ArrayList<>(List.of("setsid"));
        line.addAll(programs.apply(tool));
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true)
                .redirectOutput(folder.resolve(name).resolve(tool + ".log").toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("CONSUL_") || key.startsWith("NOMAD_"));
        Process process = builder.start();
        process.getOutputStream().close();
        machines.computeIfAbsent(address, at -> new ArrayList<>()).add(process);
    }

    /** What an agent that ended printed; "" while all that were not killed run. */
    String ended() throws IOException {
        for (Map.Entry<String, List<Process>> machine : machines.entrySet()) {
            for (Process process : machine.getValue()) {
                if (!process.isAlive()) {
                    return "an agent at " + machine.getKey() + " ended with exit code " + process.exitValue() + "; its output is below " + folder;
                }
            }
        }
        return "";
    }

    /** Takes a machine away at once, with all that runs on it. */
    void kill(String address) {
        Set<ProcessHandle> all = new LinkedHashSet<>();
        for (Process process : machines.remove(address)) {
            all.add(process.toHandle());
            process.descendants().forEach(all::add);
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** Ends all of it, tasks too. */
    @Override
    public void close() {
        List.copyOf(machines.keySet()).forEach(this::kill);
        try {
            for (int i = 0; i < END_SECONDS * 10 && left() > 0; i++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends and counts the tasks that outlived their agent: they know their folder. */
    private long left() {
        String mark = "=" + folder;
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> process.pid() != ProcessHandle.current().pid() && environment(process).contains(mark))
                    .filter(ProcessHandle::destroyForcibly).count();
        }
    }

    private static String environment(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It ended, or is somebody else's.
            return "";
        }
    }
}

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An agent of the measured checkout, on free ports. */
final class Suite implements AutoCloseable {
    record Ports(int registry, int dns, int scheduler, int balancer, int balancerApi) {
        static Ports free() throws IOException {
            List<ServerSocket> held = new ArrayList<>();
            try {
                for (int i = 0; i < 5; i++) {
                    held.add(new ServerSocket(0));
                }
                return new Ports(held.get(0).getLocalPort(), held.get(1).getLocalPort(), held.get(2).getLocalPort(),
                        held.get(3).getLocalPort(), held.get(4).getLocalPort());
            } finally {
                for (ServerSocket socket : held) {
                    socket.close();
                }
            }
        }
    }

    final Ports ports;
    /** From before the launcher's start to the line that says ready, and to the first answer of every API. */
    final double readyMillis;
    final double answeringMillis;
    private final Process process;

    private Suite(Ports ports, Process process, double readyMillis, double answeringMillis) {
        this.ports = ports;
        this.process = process;
        this.readyMillis = readyMillis;
        this.answeringMillis = answeringMillis;
    }

    /** @param tool muster for everything, consul for the registry and DNS, nomad for the scheduler alone */
    static Suite start(Path root, String tool, String... more) throws IOException {
        Ports ports = Ports.free();
        List<String> command = new ArrayList<>(List.of(root.resolve(tool.equals("muster") ? "muster" : "bin/" + tool).toString(), "agent",
                "-dev", "-log-level=" + System.getProperty("log", "WARN"), "-dns-port=" + ports.dns, "-lb-port=" + ports.balancer,
                "-lb-api-port=" + ports.balancerApi, "-http-port=" + (tool.equals("nomad") ? ports.scheduler : ports.registry)));
        if (!tool.equals("nomad")) {
            command.add("-scheduler-port=" + ports.scheduler);
        }
        command.addAll(List.of(more));
        File log = new File(System.getProperty("java.io.tmpdir"), "way-agent-" + ProcessHandle.current().pid() + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log));
        long began = System.nanoTime();
        Process process = builder.start();
        BufferedReader lines = process.inputReader();
        String line = lines.readLine();
        while (line != null && !line.contains("Ready")) {
            line = lines.readLine();
        }
        double ready = Figures.millisSince(began);
        if (line == null) {
            throw new IOException(command + " ended before it was ready: " + Files.readString(log.toPath()));
        }
        if (!tool.equals("nomad")) {
            expect(ports.registry, "/v1/status/leader");
        }
        if (!tool.equals("consul")) {
            expect(ports.scheduler, "/v1/status/leader");
        }
        if (tool.equals("muster")) {
            expect(ports.balancerApi, "/api/routes");
        }
        return new Suite(ports, process, ready, Figures.millisSince(began));
    }

    private static void expect(int port, String path) throws IOException {
        Http.Answer answer = Http.once(port, "GET", path, "");
        if (answer.status() != 200) {
            throw new IOException(path + " answered " + answer);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    void put(String key, String value) throws IOException {
        Http.once(ports.registry, "PUT", "/v1/kv/" + key, value);
    }

    /** Resident memory of one process in megabytes: RSS, and PSS, which shares out what several map. */
    static double[] memory(long pid) throws IOException {
        double rss = 0;
        double pss = 0;
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            if (line.startsWith("Rss:")) {
                rss = Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            } else if (line.startsWith("Pss:")) {
                pss = Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        return new double[] {rss, pss};
    }

    /** Processor time so far, in seconds. */
    double cpuSeconds() {
        return handle().info().totalCpuDuration().map(used -> used.toMillis() / 1000.0).orElse(Double.NaN);
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

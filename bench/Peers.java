import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The processes that are compared: one target, and balancers before it, all on free ports of loopback and with two threads each. */
final class Peers implements AutoCloseable {
    final Path folder = Files.createTempDirectory("balancer");
    private final Path root;
    private final List<Process> running = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    /** @param process empty for the target itself, whose processor time is of no interest */
    record Peer(String name, int port, Optional<Process> process) {
        /** Seconds of processor time so far, children's and the compilers' included. */
        double processor() throws IOException {
            double ticks = 0;
            for (long pid : pids()) {
                String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            }
            return ticks / 100;
        }

        /** Resident megabytes of all its processes. */
        double resident() throws IOException {
            double kilobytes = 0;
            for (long pid : pids()) {
                for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                    kilobytes += line.startsWith("VmRSS") ? Double.parseDouble(line.replaceAll("[^0-9]", "")) : 0;
                }
            }
            return kilobytes / 1024;
        }

        private List<Long> pids() {
            List<Long> pids = new ArrayList<>();
            process.ifPresent(parent -> {
                pids.add(parent.pid());
                parent.descendants().forEach(child -> pids.add(child.pid()));
            });
            return pids;
        }
    }

    Peers(Path root) throws IOException {
        this.root = root;
    }

    /** greet.c, which answers with a few bytes whatever is asked. */
    Peer target() throws Exception {
        Path greet = folder.resolve("greet");
        if (!Files.exists(greet)) {
            run("gcc", "-O2", "-o", greet.toString(), root.resolve("bench/greet.c").toString());
        }
        int port = port();
        Path config = write("greet-" + port + ".yaml", "name: \"the one who asks through a balancer\"\nport: " + port + "\n");
        start(port, greet.toString(), "-c", config.toString());
        return new Peer("direct", port, Optional.empty());
    }

    /** @param tls what stands behind the address to listen on */
    Peer nginx(int target, String tls) throws Exception {
        int port = port();
        Path config = write("nginx-" + port + ".conf", """
                worker_processes 2; daemon off; pid %1$s/nginx-%3$d.pid; error_log %1$s/nginx-%3$d.log;
                events { worker_connections 8192; }
                http { access_log off; keepalive_requests 100000000; upstream target { server 127.0.0.1:%2$d; keepalive 512; keepalive_requests 100000000; }
                  map $http_upgrade $connection_word { default upgrade; "" ""; }
                  server { listen 127.0.0.1:%3$d%4$s; location / { proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Host $host;
                    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_word;
                    proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } } }
                """.formatted(folder, target, port, tls));
        return new Peer("nginx", port, Optional.of(start(port, "nginx", "-c", config.toString())));
    }

    Peer haproxy(int target, String tls) throws Exception {
        int port = port();
        Path config = write("haproxy-" + port + ".cfg", """
                global
                  nbthread 2
                  maxconn 8192
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                  timeout tunnel 60s
                  option forwardfor
                frontend in
                  bind 127.0.0.1:%d%s
                  default_backend out
                backend out
                  http-reuse always
                  server target 127.0.0.1:%d
                """.formatted(port, tls, target));
        return new Peer("haproxy", port, Optional.of(start(port, "haproxy", "-f", config.toString())));
    }

    /**
     * Muster in Fabio's manner, by its launcher.
     *
     * @param routes commands, {@code \n} between them
     * @param listener what stands behind the address to listen on
     * @param more lines of the configuration
     */
    Peer muster(String name, String routes, String listener, String more) throws Exception {
        int port = port();
        Path config = write("muster-" + port + ".properties", "registry.backend = static\nregistry.consul.register.enabled = false\nproxy.addr = 127.0.0.1:"
                + port + listener + "\nui.addr = 127.0.0.1:" + port() + "\n" + more + "\nregistry.static.routes = " + routes + "\n");
        return new Peer(name, port, Optional.of(start(port, root + "/bin/fabio", "-insecure", "-cfg", config.toString())));
    }

    /** The same with the JDK's TLS, as where BoringSSL can't be loaded. */
    Peer musterWithJdkTls(String routes, String listener, String more) throws Exception {
        environment.put("JAVA_TOOL_OPTIONS", "-Dio.netty.handler.ssl.noOpenSsl=true");
        try {
            return muster("muster, JDK's TLS", routes, listener, more);
        } finally {
            environment.clear();
        }
    }

    /** Bytes passed on by Netty, which nobody looks at. */
    Peer pipe(int target) throws Exception {
        int port = port();
        return new Peer("bare pipe", port, Optional.of(start(port, Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", root + "/target/dist/lib/*",
                root.resolve("bench/Pipe.java").toString(), "" + port, "" + target)));
    }

    private Process start(int port, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve(Path.of(command[0]).getFileName() + "-" + port + ".out").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        running.add(process);
        for (int i = 0; i < 6000 && process.isAlive(); i++) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                // Where nobody listens yet, a socket of a port that was given out for the moment may meet itself.
                if (probe.getLocalPort() != port) {
                    return process;
                }
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        throw new IllegalStateException(String.join(" ", command) + " does not listen on " + port + "; its output is in " + folder);
    }

    static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed:\n" + out);
        }
        return out;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Ends all of them. */
    @Override
    public void close() throws InterruptedException {
        running.forEach(Process::destroy);
        for (Process process : running) {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        running.clear();
    }
}

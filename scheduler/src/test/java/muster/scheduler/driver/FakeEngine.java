package muster.scheduler.driver;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import muster.wire.Json;

/**
 * An engine's API over a unix socket, as far as the driver uses it, and with nothing behind it: images are names, containers run until
 * they are killed. What was asked is kept. Each connection has a thread and serves one request.
 */
public final class FakeEngine implements AutoCloseable {
    /** Images that can be pulled, by name with tag, and their ids. */
    public final Map<String, String> registry = new ConcurrentHashMap<>();
    /** Images that are there, by name with tag. */
    final Map<String, String> images = new ConcurrentHashMap<>();
    final Map<String, Box> containers = new ConcurrentHashMap<>();
    /** {@code METHOD /path} of all requests, without the API's version. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> passwords = new CopyOnWriteArrayList<>();
    /** Images that something unknown to the agent uses. */
    final Set<String> inUse = ConcurrentHashMap.newKeySet();
    volatile boolean pullsHang;
    volatile String stats = "{}";

    private final Path socket;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** A container. */
    static final class Box {
        final Map<String, Object> config;
        final String name;
        volatile int code = -1;
        volatile boolean outOfMemory;
        volatile String network = "bridge";
        final CountDownLatch ended = new CountDownLatch(1);

        Box(Map<String, Object> config, String name) {
            this.config = config;
            this.name = name;
        }

        void end(int with) {
            code = with;
            ended.countDown();
        }
    }

    private record Request(String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {}

    public FakeEngine(Path socket) throws IOException {
        this.socket = socket;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().name("fake-engine").start(() -> {
            try {
                while (true) {
                    SocketChannel connection = server.accept();
                    open.add(connection);
                    Thread.ofPlatform().daemon().name("fake-engine-connection").start(() -> serve(connection));
                }
            } catch (IOException over) {
                closed.countDown();
            }
        });
    }

    public String endpoint() {
        return "unix://" + socket;
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
            OutputStream out = Channels.newOutputStream(connection);
            String first = line(in);
            if (!first.isEmpty()) {
                answer(request(first, in), out);
                out.flush();
            }
        } catch (IOException gone) {
            // The driver lets go of connections that it needs no more.
            return;
        } finally {
            open.remove(connection);
        }
    }

    private static Request request(String first, InputStream in) throws IOException {
        String[] words = first.split(" ");
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            headers.put(line.substring(0, line.indexOf(':')).toLowerCase(java.util.Locale.ROOT), line.substring(line.indexOf(':') + 1).strip());
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
                body.write(in.readNBytes(size));
                line(in);
            }
        } else {
            body.write(in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))));
        }
        int mark = words[1].indexOf('?');
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : mark < 0 ? new String[0] : words[1].substring(mark + 1).split("&")) {
            query.put(pair.split("=", 2)[0], URLDecoder.decode(pair.contains("=") ? pair.split("=", 2)[1] : "", StandardCharsets.UTF_8));
        }
        String path = URLDecoder.decode(mark < 0 ? words[1] : words[1].substring(0, mark), StandardCharsets.UTF_8).replaceFirst("^/v1\\.\\d+", "");
        return new Request(words[0], path, query, headers, body.toByteArray());
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.write(c);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    private static void send(OutputStream out, int status, String type, byte[] body) throws IOException {
        out.write(("HTTP/1.1 " + status + " OK\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        out.write(body);
    }

    private static void json(OutputStream out, int status, Object value) throws IOException {
        send(out, status, "application/json", Json.write(value));
    }

    private static void refuse(OutputStream out, int status, String message) throws IOException {
        json(out, status, Map.of("message", message));
    }

    private void answer(Request request, OutputStream out) throws IOException {
        requests.add(request.method() + " " + request.path());
        String path = request.path();
        if (path.equals("/version")) {
            json(out, 200, Map.of("Version", "20.10.0", "ApiVersion", "1.41", "Os", "linux"));
        } else if (path.equals("/images/create")) {
            pull(request, out);
        } else if (path.startsWith("/images/")) {
            image(request, path.substring("/images/".length()).replaceFirst("/json$", ""), out);
        } else if (path.equals("/containers/create")) {
            create(request, out);
        } else if (path.equals("/containers/json")) {
            json(out, 200, List.of());
        } else if (path.startsWith("/containers/")) {
            String[] parts = path.substring("/containers/".length()).split("/");
            Box box = containers.get(parts[0]);
            if (box == null) {
                refuse(out, 404, "No such container: " + parts[0]);
            } else {
                container(request, parts[0], box, parts.length > 1 ? parts[1] : "", out);
            }
        } else {
            refuse(out, 404, "page not found");
        }
    }

    private void pull(Request request, OutputStream out) throws IOException {
        String tag = request.query().getOrDefault("tag", "");
        String name = request.query().get("fromImage") + (tag.isEmpty() ? "" : ":" + tag);
        passwords.add(request.headers().getOrDefault("x-registry-auth", ""));
        out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"status\":\"Pulling\"}\r\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        if (pullsHang) {
            awaitClose();
            return;
        }
        String id = registry.get(name);
        if (id == null) {
            out.write(("{\"errorDetail\":{\"message\":\"manifest for " + name + " not found\"},\"error\":\"manifest for " + name + " not found\"}\r\n")
                    .getBytes(StandardCharsets.UTF_8));
        } else {
            images.put(name, id);
            out.write("{\"status\":\"Downloaded\"}\r\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void image(Request request, String name, OutputStream out) throws IOException {
        String id = images.containsValue(name) ? name : images.get(name);
        if (id == null) {
            refuse(out, 404, "No such image: " + name);
        } else if (request.method().equals("GET")) {
            json(out, 200, Map.of("Id", id));
        } else if (inUse.contains(id)) {
            refuse(out, 409, "conflict: unable to delete " + id + " (cannot be forced) - image is being used by running container");
        } else {
            images.values().removeIf(id::equals);
            json(out, 200, List.of());
        }
    }

    private void create(Request request, OutputStream out) throws IOException {
        Map<String, Object> config = new LinkedHashMap<>();
        ((Map<?, ?>) Json.parse(request.body())).forEach((key, value) -> config.put(String.valueOf(key), value));
        if (!images.containsValue(String.valueOf(config.get("Image")))) {
            refuse(out, 404, "No such image: " + config.get("Image"));
            return;
        }
        String id = "c" + containers.size();
        containers.put(id, new Box(config, request.query().get("name")));
        json(out, 201, Map.of("Id", id, "Warnings", new ArrayList<>()));
    }

    private void container(Request request, String id, Box box, String verb, OutputStream out) throws IOException {
        switch (request.method() + " " + verb) {
            case "POST start" -> send(out, 204, "text/plain", new byte[0]);
            case "POST kill" -> {
                box.end(request.query().getOrDefault("signal", "").endsWith("KILL") ? 137 : 143);
                send(out, 204, "text/plain", new byte[0]);
            }
            case "POST wait" -> {
                await(box);
                json(out, 200, Map.of("StatusCode", box.code));
            }
            case "GET logs" -> {
                out.write("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                byte[] said = "hello\n".getBytes(StandardCharsets.UTF_8);
                out.write(new byte[] {1, 0, 0, 0, 0, 0, 0, (byte) said.length});
                out.write(said);
                out.flush();
                await(box);
            }
            case "GET json" -> json(out, 200, Map.of("Id", id, "Image", box.config.get("Image"), "Config", Map.of("Labels", box.config.get("Labels")),
                    "State", Map.of("Running", box.code < 0, "ExitCode", Math.max(0, box.code), "OOMKilled", box.outOfMemory, "Error", ""),
                    "NetworkSettings", Map.of("Networks", Map.of(box.network, Map.of("IPAddress", box.network.equals("host") ? "" : "172.17.0.2")))));
            case "GET stats" -> send(out, 200, "application/json", stats.getBytes(StandardCharsets.UTF_8));
            case "DELETE " -> {
                containers.remove(id);
                box.end(137);
                send(out, 204, "text/plain", new byte[0]);
            }
            default -> refuse(out, 404, "page not found");
        }
    }

    private static void await(Box box) {
        try {
            box.ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The socket goes, and all connections break. */
    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
        closed.countDown();
        for (SocketChannel connection : open) {
            connection.close();
        }
    }
}

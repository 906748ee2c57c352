package muster.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A user who asks one balancer after the other for the page, some twenty times a second, each time over a new connection. */
final class MeshTraffic implements AutoCloseable {
    private static final int PORT = 8080;
    private static final int PATIENCE_MILLIS = 10_000;
    private static final long PAUSE_MILLIS = 50;
    private static final int KEPT = 20;

    private final List<String> balancers;
    private final AtomicInteger good = new AtomicInteger();
    private final AtomicInteger bad = new AtomicInteger();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> answered = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("traffic").unstarted(this::run);

    /** @param balancers addresses; what is taken out of the list is asked no more */
    MeshTraffic(List<String> balancers) {
        this.balancers = balancers;
    }

    void start() {
        thread.start();
    }

    int good() {
        return good.get();
    }

    int bad() {
        return bad.get();
    }

    /** Of the first that failed, why. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    /** How many different instances answered since they were forgotten. */
    int instances() {
        return answered.size();
    }

    void forget() {
        answered.clear();
    }

    private void run() {
        try {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                List<String> all = List.copyOf(balancers);
                one(all.get(i % all.size()));
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            // The user has seen enough.
            return;
        }
    }

    private void one(String balancer) {
        String trouble;
        try {
            String answer = page(balancer, "/");
            if (answer.startsWith("HTTP/1.1 200") && answer.contains("\"address\":\"")) {
                good.incrementAndGet();
                answered.merge(answer.substring(answer.indexOf("\"address\":\"")), 1, Integer::sum);
                return;
            }
            trouble = answer.lines().findFirst().orElse("an empty answer");
        } catch (IOException e) {
            trouble = e.toString();
        }
        // Neither a machine that was taken away while it was asked nor a user who left is trouble of the service.
        if (balancers.contains(balancer) && !Thread.currentThread().isInterrupted()) {
            bad.incrementAndGet();
            if (troubles.size() < KEPT) {
                troubles.add(balancer + ": " + trouble);
            }
        }
    }

    /** The answer as it comes, head and body. */
    static String page(String balancer, String path) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(balancer, PORT), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: mesh\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

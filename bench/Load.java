import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Steady requests over several kept connections; a request fails unless it is answered 200 with a greeting. */
final class Load implements AutoCloseable {
    record Count(long requests, long failed, double slowestMillis, double p99Millis, Map<String, Integer> failures) {}

    private static final int PAUSE_MILLIS = 2;

    private final int port;
    private final String path;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Double> latencies = new ArrayList<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private volatile boolean ended;

    Load(int port, String path, int connections) {
        this.port = port;
        this.path = path;
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(this::run);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void run() {
        try (Http http = new Http(port)) {
            while (!ended) {
                long began = System.nanoTime();
                String failure = null;
                try {
                    Http.Answer answer = http.get(path);
                    if (answer.status() != 200 || !answer.body().startsWith("Hello")) {
                        failure = "status " + answer.status();
                    }
                } catch (IOException e) {
                    failure = e.toString();
                }
                count(Figures.millisSince(began), failure);
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void count(double millis, String failure) {
        latencies.add(millis);
        if (failure != null) {
            failures.merge(failure, 1, Integer::sum);
        }
    }

    /** What happened since the last call. */
    synchronized Count since() {
        Collections.sort(latencies);
        int size = latencies.size();
        Count count = new Count(size, failures.values().stream().mapToInt(Integer::intValue).sum(),
                size == 0 ? 0 : latencies.getLast(), size == 0 ? 0 : latencies.get((int) (size * 0.99)), new TreeMap<>(failures));
        latencies.clear();
        failures.clear();
        return count;
    }

    @Override
    public void close() {
        ended = true;
        try {
            for (Thread thread : threads) {
                thread.join(2000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package muster.scheduler.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Files over http and https. Blocks; one instance serves a node; any thread may call. */
final class Download implements AutoCloseable {
    /**
     * How patient it is.
     *
     * @param whole for one file, as the original has it
     * @param silence between two pieces of it
     * @param pause before the second try, twice that before the third
     * @param mostBytes of one file
     */
    record Patience(Duration connect, Duration whole, Duration silence, Duration pause, long mostBytes) {
        static final Patience USUAL = new Patience(
                Duration.ofSeconds(10), Duration.ofMinutes(30), Duration.ofSeconds(60), Duration.ofSeconds(1), 100L << 30);

        /** The same, with at most these for one file. */
        Patience within(Duration time, long bytes) {
            return new Patience(connect, time, silence, pause, bytes);
        }
    }

    private static final int TRIES = 3;
    private static final int BUFFER = 64 << 10;
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Patience patience;
    private final HttpClient.Redirect redirects;
    /** Made by the first download: with its TLS it takes long to make, and few jobs download. Guarded by this. */
    private Optional<HttpClient> http = Optional.empty();

    Download(Patience patience, HttpClient.Redirect redirects) {
        this.patience = patience;
        this.redirects = redirects;
    }

    private synchronized HttpClient http() {
        if (http.isEmpty()) {
            http = Optional.of(HttpClient.newBuilder()
                    .followRedirects(redirects).connectTimeout(patience.connect()).build());
        }
        return http.get();
    }

    /** An answer that a later try may not have: of a server that is overloaded or ill. */
    private static final class PassingException extends IOException {
        private static final long serialVersionUID = 1L;

        PassingException(String message) {
            super(message);
        }
    }

    /** Writes the file; three tries where the connection or the server fails. */
    void fetch(URI uri, Map<String, String> headers, Path into) throws IOException, InterruptedException {
        IOException last = null;
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            if (attempt > 1) {
                Thread.sleep(patience.pause().multipliedBy(attempt - 1));
            }
            try {
                once(uri, headers, into);
                return;
            } catch (PassingException | java.net.ConnectException | java.net.http.HttpTimeoutException e) {
                last = e;
            }
        }
        String why = last.getMessage() == null ? last instanceof java.net.ConnectException ? "connection refused" : last.toString() : last.getMessage();
        throw new IOException(why + " (" + TRIES + " tries)", last);
    }

    private void once(URI uri, Map<String, String> headers, Path into) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience.silence());
        headers.forEach(request::header);
        HttpResponse<InputStream> response = http().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            if (status >= 500 || status == 429) {
                throw new PassingException("bad response code: " + status);
            }
            if (status / 100 == 3) {
                throw new IOException("bad response code: " + status + ": the object is elsewhere; name its region's host, or set the option region");
            }
            if (status != 200) {
                throw new IOException("bad response code: " + status);
            }
            long announced = response.headers().firstValueAsLong("Content-Length").orElse(-1);
            if (announced > patience.mostBytes()) {
                throw new IOException("the file has " + announced + " bytes, " + patience.mostBytes() + " are the most");
            }
            long length = watched(body, into);
            if (announced >= 0 && length != announced) {
                throw new PassingException("the connection broke after " + length + " of " + announced + " bytes");
            }
        }
    }

    /** Copies while somebody looks on: a read from a server that falls silent has no time-out of its own. */
    private long watched(InputStream body, Path into) throws IOException {
        AtomicLong copied = new AtomicLong();
        AtomicBoolean givenUp = new AtomicBoolean();
        Thread watcher = Thread.ofVirtual().name("download-watch").start(() -> watch(body, copied, givenUp));
        try (OutputStream out = Files.newOutputStream(into)) {
            byte[] buffer = new byte[BUFFER];
            for (int length = read(body, buffer, givenUp); length >= 0; length = read(body, buffer, givenUp)) {
                if (copied.addAndGet(length) > patience.mostBytes()) {
                    throw new IOException("the file has more than " + patience.mostBytes() + " bytes");
                }
                out.write(buffer, 0, length);
            }
            return copied.get();
        } finally {
            watcher.interrupt();
        }
    }

    private int read(InputStream body, byte[] buffer, AtomicBoolean givenUp) throws IOException {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw !givenUp.get()
                    ? new PassingException("the connection broke: " + e.getMessage())
                    : new IOException("nothing came for " + patience.silence().toSeconds() + "s, or not all within "
                            + patience.whole().toMinutes() + " minutes", e);
        }
    }

    private void watch(InputStream body, AtomicLong copied, AtomicBoolean givenUp) {
        long begin = System.nanoTime();
        long moved = begin;
        long seen = 0;
        try {
            while (System.nanoTime() - begin < patience.whole().toNanos() && System.nanoTime() - moved < patience.silence().toNanos()) {
                Thread.sleep(LOOK);
                if (copied.get() != seen) {
                    seen = copied.get();
                    moved = System.nanoTime();
                }
            }
            givenUp.set(true);
            body.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // It is closed all the same.
            return;
        }
    }

    @Override
    public synchronized void close() {
        http.ifPresent(HttpClient::shutdownNow);
    }
}

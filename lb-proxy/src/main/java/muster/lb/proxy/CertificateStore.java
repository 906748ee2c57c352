package muster.lb.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Listener.CertificateSource;
import muster.lb.route.Problem;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener's certificates, kept up to date with their source. What can't be read keeps what was there before; one bad certificate is
 * named and leaves the others alone, and one that was good before stays in use. Connections that are open keep what they have.
 *
 * <p>A virtual thread looks at files again and again; keys of the registry are watched. Any thread may read.
 */
final class CertificateStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CertificateStore.class);
    private static final Duration LEAST_REFRESH = Duration.ofSeconds(1);
    private static final Duration USUAL_REFRESH = Duration.ofSeconds(3);
    private static final int FETCH_MILLIS = 10_000;
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final String listener;
    private final Listener.Tls tls;
    private volatile Certificates current = new Certificates(List.of());
    private volatile List<Problem> problems = List.of();
    private SortedMap<String, String> lastFiles = new TreeMap<>();
    private Thread poller;
    private RegistryClient.Watch watch;

    private CertificateStore(String listener, Listener.Tls tls) {
        this.listener = listener;
        this.tls = tls;
    }

    /**
     * Reads the certificates and begins to follow their source. Blocks for files and HTTP, not for the registry.
     *
     * @param registry for keys; empty where there is none, then such a source is an {@link IllegalStateException}
     */
    static CertificateStore open(String listener, Listener.Tls tls, Optional<RegistryClient> registry) {
        CertificateStore store = new CertificateStore(listener, tls);
        switch (tls.certificates()) {
            case CertificateSource.Files files -> store.poll(files.refresh());
            case CertificateSource.Folder folder -> store.poll(folder.refresh());
            case CertificateSource.Http http -> store.poll(http.refresh());
            case CertificateSource.Keys keys -> store.watch(keys.prefix(), registry.orElseThrow(
                    () -> new IllegalStateException("certificates of listener " + listener + " come from the registry, and there is none")));
            case CertificateSource.Given given -> store.given(given.pems());
            case CertificateSource.Supplied supplied -> {
                store.selfSigned("localhost");
                store.poll(supplied.refresh());
            }
            case CertificateSource.SelfSigned self -> store.selfSigned(self.commonName());
        }
        return store;
    }

    Certificates current() {
        return current;
    }

    /** What can't be used, each with its name. */
    List<Problem> problems() {
        return problems;
    }

    @Override
    public void close() {
        if (poller != null) {
            poller.interrupt();
        }
        if (watch != null) {
            watch.close();
        }
        use(new Certificates(List.of()));
    }

    private void poll(Duration refresh) {
        look();
        Duration pause = refresh.isZero() ? USUAL_REFRESH : refresh.compareTo(LEAST_REFRESH) < 0 ? LEAST_REFRESH : refresh;
        poller = Thread.ofVirtual().name("certificates of " + listener).start(() -> {
            try {
                while (true) {
                    Thread.sleep(pause);
                    look();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void look() {
        try {
            files(switch (tls.certificates()) {
                case CertificateSource.Files files -> pair(files);
                case CertificateSource.Folder folder -> folder(folder.folder());
                case CertificateSource.Http http -> fetched(http.url());
                case CertificateSource.Keys keys -> lastFiles;
                case CertificateSource.Given given -> lastFiles;
                case CertificateSource.SelfSigned self -> lastFiles;
                case CertificateSource.Supplied supplied -> supplied.pems().get().isEmpty() ? lastFiles : supplied.pems().get();
            });
        } catch (IOException e) {
            tell(List.of(new Problem("certificates of listener " + listener, "not read, the last ones stay: " + e.getMessage())));
        }
    }

    private static SortedMap<String, String> pair(CertificateSource.Files files) throws IOException {
        SortedMap<String, String> read = new TreeMap<>();
        String certificate = Files.readString(files.certificate(), StandardCharsets.ISO_8859_1);
        String key = files.key().equals(files.certificate()) ? "" : Files.readString(files.key(), StandardCharsets.ISO_8859_1);
        read.put(files.certificate().getFileName() + ".pem", certificate + "\n" + key);
        return read;
    }

    private static SortedMap<String, String> folder(Path folder) throws IOException {
        SortedMap<String, String> read = new TreeMap<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path file : entries.filter(file -> file.getFileName().toString().endsWith(".pem")).toList()) {
                read.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return read;
    }

    private static SortedMap<String, String> fetched(String url) throws IOException {
        SortedMap<String, String> read = new TreeMap<>();
        for (String line : fetch(URI.create(url)).split("\n")) {
            String name = line.strip();
            if (name.endsWith(".pem")) {
                read.put(name.substring(name.lastIndexOf('/') + 1), fetch(URI.create(url).resolve(name)));
            }
        }
        return read;
    }

    private static String fetch(URI uri) throws IOException {
        try {
            URLConnection connection = new URI(uri.toString()).toURL().openConnection();
            connection.setConnectTimeout(FETCH_MILLIS);
            connection.setReadTimeout(FETCH_MILLIS);
            if (connection instanceof HttpURLConnection http && http.getResponseCode() != 200) {
                throw new IOException(uri + " answered " + http.getResponseCode());
            }
            try (InputStream in = connection.getInputStream()) {
                return new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
            }
        } catch (URISyntaxException e) {
            throw new IOException("\"" + uri + "\" is no URL", e);
        }
    }

    private void watch(String prefix, RegistryClient registry) {
        String folder = prefix.endsWith("/") ? prefix : prefix + "/";
        watch = registry.watch(new Query.Entries(folder, Query.Scope.LOCAL), (View<List<KeyValue>> view) -> {
            if (view.value().isPresent() && view.failure().isEmpty()) {
                SortedMap<String, String> read = new TreeMap<>();
                for (KeyValue entry : view.value().get()) {
                    String name = entry.key().substring(folder.length());
                    if (name.endsWith(".pem") && name.indexOf('/') < 0) {
                        read.put(name, new String(entry.value(), StandardCharsets.ISO_8859_1));
                    }
                }
                files(read);
            }
        });
    }

    private void given(List<String> pems) {
        SortedMap<String, String> read = new TreeMap<>();
        for (int i = 0; i < pems.size(); i++) {
            read.put("%04d.pem".formatted(i), pems.get(i));
        }
        files(read);
    }

    private void selfSigned(String commonName) {
        try {
            SelfSigned.Made made = SelfSigned.make(commonName, Instant.now());
            use(new Certificates(List.of(Certificates.served(commonName, made.keys().getPrivate(),
                    new X509Certificate[] {made.certificate()}, tls))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate for " + commonName + " could not be made: " + e.getMessage(), e);
        }
    }

    /** Takes what the source holds now: NAME.pem with both parts, or NAME-cert.pem beside NAME-key.pem. */
    private synchronized void files(SortedMap<String, String> files) {
        if (files.equals(lastFiles)) {
            return;
        }
        lastFiles = files;
        Map<String, String> pairs = new LinkedHashMap<>();
        files.forEach((name, text) -> {
            if (name.endsWith("-cert.pem")) {
                String key = name.substring(0, name.length() - "-cert.pem".length()) + "-key.pem";
                pairs.put(name, text + "\n" + files.getOrDefault(key, ""));
            } else if (!name.endsWith("-key.pem")) {
                pairs.put(name, text);
            }
        });
        List<Certificates.Served> served = new ArrayList<>();
        List<Problem> bad = new ArrayList<>();
        pairs.forEach((name, text) -> {
            try {
                X509Certificate[] chain = Pem.certificates(text);
                PrivateKey key = Pem.privateKey(text);
                served.add(Certificates.served(name, key, chain, tls));
            } catch (GeneralSecurityException e) {
                Optional<Certificates.Served> before = current.all().stream().filter(old -> old.origin().equals(name)).findFirst();
                before.ifPresent(served::add);
                bad.add(new Problem("certificate " + name, (before.isPresent() ? "not replaced: " : "not used: ") + e.getMessage()));
            }
        });
        if (served.isEmpty() && !current.all().isEmpty()) {
            bad.add(new Problem("certificates of listener " + listener, "none is left, the last ones stay"));
        } else {
            use(new Certificates(served));
            log.info("certificates in use listener={} names={}", listener, served.stream().flatMap(one -> one.names().stream()).toList());
        }
        tell(bad);
    }

    private synchronized void use(Certificates next) {
        List<Certificates.Served> gone = current.all().stream().filter(old -> next.all().stream().noneMatch(kept -> kept == old)).toList();
        current = next;
        gone.forEach(Certificates.Served::release);
    }

    private void tell(List<Problem> found) {
        if (!found.equals(problems)) {
            problems = List.copyOf(found);
            found.forEach(problem -> log.warn("{} why=\"{}\"", problem.where(), problem.text()));
        }
    }
}

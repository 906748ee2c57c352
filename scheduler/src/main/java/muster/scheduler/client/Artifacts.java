package muster.scheduler.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import muster.scheduler.job.TaskArtifact;
import muster.scheduler.job.Values;

/**
 * Fetches what a task needs before its start: plain files and zip archives over http and https, with checksums. Everything
 * else is refused by name. Blocks; one instance serves a node. (Nomad docs: "artifact stanza")
 */
final class Artifacts implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(30);
    private static final Set<String> OPTIONS = Set.of("checksum", "archive", "filename");
    private static final Map<String, String> DIGESTS =
            Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512");

    /** Made by the first download: with its TLS it takes long to make, and few jobs download. Guarded by this. */
    private Optional<HttpClient> http = Optional.empty();

    private synchronized HttpClient http() {
        if (http.isEmpty()) {
            http = Optional.of(HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NORMAL).connectTimeout(Duration.ofSeconds(10)).build());
        }
        return http.get();
    }

    /** Fetches one artifact into its destination. The message of what it throws names the artifact and what is wrong. */
    void fetch(TaskArtifact artifact, TaskEnvironment environment, AllocationFolder folder, String task)
            throws IOException, InterruptedException {
        String source = environment.interpolate(artifact.getterSource());
        Map<String, String> options = Values.orEmpty(artifact.getterOptions());
        try {
            URI uri = URI.create(source);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (source.contains("::") || !scheme.equals("http") && !scheme.equals("https")) {
                throw new IOException("only http and https sources are supported");
            }
            for (String option : options.keySet()) {
                if (!OPTIONS.contains(option)) {
                    throw new IOException("option \"" + option + "\" is not supported: remove it");
                }
            }
            String destination = artifact.relativeDest() == null ? "local/" : environment.interpolate(artifact.relativeDest());
            Path target = inside(folder, task, destination);
            Path part = Files.createTempFile(folder.task(task).resolve("tmp"), "artifact", ".part");
            try {
                download(uri, artifact, environment, part, options.getOrDefault("checksum", ""));
                place(part, target, uri, artifact, options);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException("failed to download artifact \"" + source + "\": " + e.getMessage(), e);
        }
    }

    private static Path inside(AllocationFolder folder, String task, String destination) throws IOException {
        Path path = Path.of(destination);
        Path target = (path.startsWith(folder.root()) ? path : folder.task(task).resolve(destination.replaceFirst("^/+", ""))).normalize();
        if (!target.startsWith(folder.root())) {
            throw new IOException("destination \"" + destination + "\" escapes the allocation's folder");
        }
        return target;
    }

    private void download(URI uri, TaskArtifact artifact, TaskEnvironment environment, Path part, String checksum)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
        Values.orEmpty(artifact.getterHeaders()).forEach((name, value) -> request.header(name, environment.interpolate(value)));
        HttpResponse<InputStream> response = http().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException("bad response code: " + response.statusCode());
            }
            int colon = checksum.indexOf(':');
            if (checksum.isEmpty()) {
                Files.copy(body, part, StandardCopyOption.REPLACE_EXISTING);
                return;
            }
            String algorithm = colon < 0 ? null : DIGESTS.get(checksum.substring(0, colon));
            if (algorithm == null) {
                throw new IOException("checksum \"" + checksum + "\" must be md5:, sha1:, sha256: or sha512: and a hexadecimal number");
            }
            DigestInputStream digesting = new DigestInputStream(body, digest(algorithm));
            Files.copy(digesting, part, StandardCopyOption.REPLACE_EXISTING);
            String found = HexFormat.of().formatHex(digesting.getMessageDigest().digest());
            if (!found.equalsIgnoreCase(checksum.substring(colon + 1))) {
                throw new IOException("Checksums did not match. Expected: " + checksum.substring(colon + 1) + " Got: " + found);
            }
        }
    }

    private static MessageDigest digest(String algorithm) throws IOException {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    private static void place(Path part, Path target, URI uri, TaskArtifact artifact, Map<String, String> options) throws IOException {
        String file = uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
        String mode = artifact.getterMode() == null ? "any" : artifact.getterMode();
        String archive = options.getOrDefault("archive", file);
        if (!mode.equals("file") && !archive.equals("false")) {
            if (archive.equals("zip") || archive.endsWith(".zip")) {
                unzip(part, target);
                return;
            }
            if (archive.endsWith("tar") || archive.matches(".*\\.?(tar\\.gz|tgz|tar\\.bz2|tbz2|tar\\.xz|txz)")) {
                throw new IOException("archives other than zip are not supported: set archive = \"false\" and unpack in the task");
            }
        }
        Path named = mode.equals("file") ? target : target.resolve(options.getOrDefault("filename", file));
        Files.createDirectories(named.getParent());
        Files.move(part, named, StandardCopyOption.REPLACE_EXISTING);
        Files.setAttribute(named, "unix:mode", 0755);
    }

    private static void unzip(Path archive, Path target) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("the archive's entry \"" + entry.getName() + "\" escapes the destination");
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(zip, path, StandardCopyOption.REPLACE_EXISTING);
                    Files.setAttribute(path, "unix:mode", 0755);
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        http.ifPresent(HttpClient::shutdownNow);
    }
}

package muster.scheduler.artifact;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Fetches what a task needs before its start: files and archives over http and https, objects of s3 and gcs, git repositories, paths within the
 * allocation. Blocks; one instance serves a node; any thread may call. (Nomad docs: "artifact stanza")
 */
public final class Artifacts implements AutoCloseable {
    private static final int EXECUTABLE = 0755;

    private final Download download;
    private final Download store;
    private final ArtifactRules rules;
    private final Map<String, String> environment;
    private final Unpacking.Limits limits;
    private final InstantSource clock;

    /**
     * With the operator's rules.
     *
     * @param environment the agent's own, in which keys for s3 may be
     */
    public Artifacts(ArtifactRules rules, Map<String, String> environment, InstantSource clock) {
        this(rules, environment, Download.Patience.USUAL, Unpacking.Limits.USUAL.of(rules), clock);
    }

    Artifacts(ArtifactRules rules, Map<String, String> environment, Download.Patience patience, Unpacking.Limits limits, InstantSource clock) {
        this.download = new Download(patience.within(rules.http(), rules.mostBytes()), HttpClient.Redirect.NORMAL);
        // What is signed for one address is of no use at another, and none of its business.
        this.store = new Download(patience.within(rules.store(), rules.mostBytes()), HttpClient.Redirect.NEVER);
        this.rules = rules;
        this.environment = Map.copyOf(environment);
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Fetches one artifact into its destination. What it throws names the artifact, and what is wrong.
     *
     * @param allocation the allocation's folder, which nothing leaves
     * @param task the task's folder in it, with a folder {@code tmp}
     */
    public void fetch(ArtifactRequest request, Path allocation, Path task) throws IOException, InterruptedException {
        Path scratch = null;
        try {
            Sandbox sandbox = new Sandbox(allocation, task);
            Path destination = sandbox.destination(request.destination());
            scratch = Files.createTempDirectory(task.resolve("tmp"), "artifact-");
            switch (Source.of(request.source(), request.options())) {
                case Source.Web web -> web(web, request, sandbox, destination, scratch);
                case Source.Store object -> object(object.uri(), object.fileName(), object.common(),
                        S3Signature.of(object, environment).map(keys -> keys.headers(object.uri(), clock.instant())).orElse(Map.of()),
                        request, sandbox, destination, scratch);
                case Source.Bucket object -> object(object.uri(), object.fileName(), object.common(), object.headers(environment),
                        request, sandbox, destination, scratch);
                case Source.Git git -> git(git, request, sandbox, destination, scratch);
                case Source.Local local -> local(local, request, sandbox, destination, scratch);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException("failed to download artifact \"" + shown(request.source()) + "\": " + message(e), e);
        } finally {
            if (scratch != null) {
                Sandbox.delete(scratch);
            }
        }
    }

    /** A source as it may be shown: without what a user wrote before the host, or signed the address with. */
    private static String shown(String source) {
        return source.replaceFirst("://[^/@?]*@", "://").replaceAll("((?i:signature|token|secret|sshkey|credential)[^=&?]*=)[^&]*", "$1redacted");
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.toString() : e instanceof java.nio.file.FileSystemException disk && disk.getReason() != null
                ? disk.getReason() + ": " + disk.getFile() : e.getMessage();
    }

    private void web(Source.Web source, ArtifactRequest request, Sandbox sandbox, Path destination, Path scratch)
            throws IOException, InterruptedException {
        Path part = scratch.resolve("download");
        download.fetch(source.uri(), request.headers(), part);
        check(source.common(), source.fileName(), source.uri(), request.headers(), part, scratch);
        place(part, source.fileName(), source.common(), request, sandbox, destination, scratch);
    }

    private void object(URI uri, String name, Source.Common common, Map<String, String> keys, ArtifactRequest request, Sandbox sandbox,
            Path destination, Path scratch) throws IOException, InterruptedException {
        Path part = scratch.resolve("download");
        Map<String, String> headers = new LinkedHashMap<>(request.headers());
        headers.putAll(keys);
        store.fetch(uri, headers, part);
        check(common, name, uri, request.headers(), part, scratch);
        place(part, name, common, request, sandbox, destination, scratch);
    }

    /** A list of checksums may stand beside the file: then its address may be relative. */
    private void check(Source.Common common, String name, URI base, Map<String, String> headers, Path part, Path scratch)
            throws IOException, InterruptedException {
        String wanted = common.options().getOrDefault("checksum", "");
        if (wanted.startsWith("file:")) {
            Path list = scratch.resolve("checksums");
            URI address = base.resolve(wanted.substring("file:".length()));
            if (!"http".equals(address.getScheme()) && !"https".equals(address.getScheme())) {
                throw new IOException("a list of checksums needs an http or https address");
            }
            download.fetch(address, headers, list);
            Checksum.ofList(Files.readString(list), name).check(part);
        } else if (!wanted.isEmpty()) {
            Checksum.of(wanted).check(part);
        }
    }

    private void place(Path part, String name, Source.Common common, ArtifactRequest request, Sandbox sandbox, Path destination, Path scratch)
            throws IOException {
        String archive = common.options().getOrDefault("archive", name);
        boolean single = request.mode().equals("file");
        boolean unpacked = !archive.equals("false") && !archive.equals("0") && Unpacking.concerns(archive);
        if (common.options().containsKey("archive") && !unpacked && !archive.equals("false") && !archive.equals("0")) {
            throw new IOException("archive \"" + archive + "\" has to be false, zip, tar, tar.gz, tar.bz2, tar.xz, gz, bz2 or xz");
        }
        if (!unpacked && request.mode().equals("dir")) {
            throw new IOException("mode \"dir\" needs an archive, which \"" + name + "\" is not: set the option archive, or mode \"file\"");
        }
        String plain = common.options().getOrDefault("filename", name.replaceFirst("\\.(gz|bz2|xz)$", ""));
        if (unpacked && !common.subfolder().isEmpty()) {
            Path tree = scratch.resolve("tree");
            Unpacking.unpack(part, archive, new Sandbox(sandbox.root(), scratch), tree, false, plain, limits);
            moveFolder(tree.resolve(common.subfolder()), common.subfolder(), sandbox, destination);
        } else if (unpacked) {
            Unpacking.unpack(part, archive, sandbox, destination, single, plain, limits);
        } else {
            Path file = single ? destination : sandbox.destination(destination.resolve(common.options().getOrDefault("filename", name)).toString());
            if (file.equals(destination) && !single) {
                throw new IOException("the source has no file name: set the option filename, or mode \"file\"");
            }
            sandbox.makeRoom(file);
            Files.move(part, file);
            Files.setAttribute(file, "unix:mode", EXECUTABLE);
        }
    }

    private static void moveFolder(Path from, String name, Sandbox sandbox, Path destination) throws IOException {
        if (!Files.isDirectory(from, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("the source has no folder \"" + name + "\"");
        }
        sandbox.makeFolder(destination);
        sandbox.moveInto(from, destination);
    }

    private void git(Source.Git source, ArtifactRequest request, Sandbox sandbox, Path destination, Path scratch)
            throws IOException, InterruptedException {
        if (source.common().options().containsKey("checksum")) {
            throw new IOException("checksums are for files: name a commit as ref instead");
        }
        if (request.mode().equals("file")) {
            throw new IOException("mode \"file\" does not fit a repository: use any or dir");
        }
        Path clone = scratch.resolve("clone");
        GitClone.fetch(source, clone, Files.createDirectories(scratch.resolve("home")), new GitClone.Terms(rules.git(), passed()));
        String subfolder = source.common().subfolder();
        moveFolder(clone.resolve(subfolder), subfolder, sandbox, destination);
    }

    private Map<String, String> passed() {
        Map<String, String> passed = new LinkedHashMap<>(environment);
        passed.keySet().retainAll(rules.passed());
        return passed;
    }

    private void local(Source.Local source, ArtifactRequest request, Sandbox sandbox, Path destination, Path scratch)
            throws IOException, InterruptedException {
        Path from = sandbox.source(source.path() + (source.common().subfolder().isEmpty() ? "" : "/" + source.common().subfolder()));
        if (Files.isDirectory(from)) {
            if (request.mode().equals("file")) {
                throw new IOException("mode \"file\" does not fit a folder: use any or dir");
            }
            throw new IOException("\"" + source.path() + "\" is a folder of the allocation already: only files are copied");
        }
        Path part = scratch.resolve("download");
        Files.copy(from, part);
        String name = from.getFileName().toString();
        String wanted = source.common().options().getOrDefault("checksum", "");
        if (!wanted.isEmpty()) {
            Checksum.of(wanted).check(part);
        }
        place(part, name, new Source.Common("", source.common().options()), request, sandbox, destination, scratch);
    }

    /**
     * Takes over another allocation's data from its node, as {@link Snapshots} writes it, into an allocation's folder.
     *
     * @param headers of the request
     */
    public void takeSnapshot(String address, Map<String, String> headers, Path allocation) throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory(allocation, "snapshot-");
        try {
            Path part = scratch.resolve("data.tar");
            download.fetch(URI.create(address), headers, part);
            Unpacking.unpack(part, "data.tar", new Sandbox(allocation, allocation), allocation, false, "", limits);
        } finally {
            Sandbox.delete(scratch);
        }
    }

    @Override
    public void close() {
        download.close();
        store.close();
    }
}

package muster.scheduler.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ArtifactsTest {
    private static final Download.Patience SHORT = new Download.Patience(
            Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMillis(800), Duration.ofMillis(1), 1 << 20);
    private static final ArtifactRules RULES = new ArtifactRules(
            Duration.ofSeconds(20), 1 << 20, Duration.ofSeconds(50), Duration.ofSeconds(20), 0, 20, Set.of());
    private static final Unpacking.Limits SMALL = new Unpacking.Limits(20, 64 << 10, 3, 0);

    @TempDir
    Path root;
    private Path allocation;
    private Path task;
    private HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Artifacts artifacts = new Artifacts(RULES, Map.of(), SHORT, SMALL, InstantSource.system());

    @BeforeEach
    void begin() throws IOException {
        allocation = Files.createDirectories(root.resolve("alloc-1")).toRealPath();
        task = allocation.resolve("web");
        Files.createDirectories(task.resolve("tmp"));
        Files.createDirectories(task.resolve("local"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(work -> Thread.ofVirtual().start(work));
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void end() {
        over.countDown();
        server.stop(0);
        artifacts.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        int count = requests.incrementAndGet();
        String path = exchange.getRequestURI().getPath();
        byte[] body = files.get(path);
        switch (path) {
            case "/ill" -> exchange.sendResponseHeaders(503, -1);
            case "/recovers" -> {
                exchange.sendResponseHeaders(count < 3 ? 500 : 200, count < 3 ? -1 : 2);
                exchange.getResponseBody().write(count < 3 ? new byte[0] : new byte[] {'o', 'k'});
            }
            case "/silent" -> {
                exchange.sendResponseHeaders(200, 100);
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            case "/moved" -> {
                exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
                exchange.sendResponseHeaders(307, -1);
            }
            case "/signed" -> {
                byte[] seen = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, seen.length);
                exchange.getResponseBody().write(seen);
            }
            case "/header" -> {
                byte[] seen = String.valueOf(exchange.getRequestHeaders().getFirst("X-Mine")).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, seen.length);
                exchange.getResponseBody().write(seen);
            }
            default -> {
                exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
                exchange.getResponseBody().write(body == null ? new byte[0] : body);
            }
        }
        exchange.close();
    }

    private String at(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private String serve(String path, byte[] body) {
        files.put(path, body);
        return at(path);
    }

    private void fetch(String source, Map<String, String> options, String mode, String destination) throws IOException, InterruptedException {
        artifacts.fetch(new ArtifactRequest(source, options, Map.of("X-Mine", "yes"), mode, destination), allocation, task);
        try (Stream<Path> left = Files.list(task.resolve("tmp"))) {
            assertThat(left).as("nothing is left behind").isEmpty();
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private interface Entries {
        void add(TarArchiveOutputStream tar) throws IOException;
    }

    private static byte[] tar(Entries entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            entries.add(tar);
        }
        return bytes.toByteArray();
    }

    private static void file(TarArchiveOutputStream tar, String name, String text, int mode) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(text.length());
        entry.setMode(mode);
        tar.putArchiveEntry(entry);
        tar.write(text(text));
        tar.closeArchiveEntry();
    }

    private static void special(TarArchiveOutputStream tar, String name, byte kind, String to) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
        entry.setLinkName(to);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static byte[] sample() throws IOException {
        return tar(tar -> {
            file(tar, "bin/run", "#!/bin/sh\n", 04755);
            file(tar, "etc/conf", "a=1\n", 0640);
            special(tar, "bin/alias", TarConstants.LF_SYMLINK, "run");
            special(tar, "bin/twin", TarConstants.LF_LINK, "bin/run");
        });
    }

    private interface Packer {
        OutputStream over(OutputStream out) throws IOException;
    }

    private static byte[] packed(byte[] bytes, Packer packer) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = packer.over(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    record Archive(String name, Packer packer) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Archive> archives() {
        return List.of(new Archive("a.tar", out -> out), new Archive("a.tar.gz", GZIPOutputStream::new), new Archive("a.tgz", GZIPOutputStream::new),
                new Archive("a.tar.bz2", BZip2CompressorOutputStream::new), new Archive("a.tar.xz", XZCompressorOutputStream::new));
    }

    @ParameterizedTest(name = "{0} is unpacked with its modes and links")
    @MethodSource("archives")
    void unpacks(Archive archive) throws Exception {
        byte[] bytes = packed(sample(), archive.packer());
        fetch(serve("/" + archive.name(), bytes), Map.of("checksum", "sha256:" + sha256(bytes)), "any", "local/");
        Path local = task.resolve("local");
        assertThat(local.resolve("bin/run")).hasContent("#!/bin/sh\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(local.resolve("bin/run")))).isEqualTo("rwxr-xr-x");
        assertThat((int) Files.getAttribute(local.resolve("bin/run"), "unix:mode") & 07000).as("no set-user-id").isZero();
        assertThat(Files.readSymbolicLink(local.resolve("bin/alias"))).isEqualTo(Path.of("run"));
        assertThat(local.resolve("bin/twin")).hasContent("#!/bin/sh\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(local.resolve("etc/conf")))).isEqualTo("rw-r-----");
    }

    @Test
    void aZipIsUnpackedWithItsModesAndLinks() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            zip(zip, "bin/run", 0100755, "go");
            zip(zip, "bin/alias", 0120777, "run");
        }
        fetch(serve("/a.zip", bytes.toByteArray()), Map.of(), "dir", "local/app");
        assertThat(task.resolve("local/app/bin/alias")).isSymbolicLink().hasContent("go");
    }

    private static void zip(ZipArchiveOutputStream zip, String name, int mode, String text) throws IOException {
        ZipArchiveEntry entry = new ZipArchiveEntry(name);
        entry.setUnixMode(mode);
        zip.putArchiveEntry(entry);
        zip.write(text(text));
        zip.closeArchiveEntry();
    }

    @Test
    void filesGoWhereTheyAreWanted() throws Exception {
        byte[] gz = packed(text("plain"), GZIPOutputStream::new);
        fetch(serve("/dir/tool", text("tool")), Map.of(), "any", "local/bin");
        assertThat(task.resolve("local/bin/tool")).hasContent("tool").isExecutable();
        fetch(at("/dir/tool"), Map.of("filename", "other"), "any", "local/bin");
        assertThat(task.resolve("local/bin/other")).hasContent("tool");
        fetch(at("/dir/tool"), Map.of(), "file", "local/exact");
        assertThat(task.resolve("local/exact")).hasContent("tool");
        fetch(serve("/a.txt.gz", gz), Map.of(), "any", "local/");
        assertThat(task.resolve("local/a.txt")).hasContent("plain");
        fetch(at("/a.txt.gz"), Map.of(), "file", "local/b.txt");
        assertThat(task.resolve("local/b.txt")).hasContent("plain");
        fetch(at("/a.txt.gz"), Map.of("archive", "false"), "any", "local/");
        assertThat(task.resolve("local/a.txt.gz")).hasBinaryContent(gz);
        fetch(serve("/nameless", packed(sample(), GZIPOutputStream::new)), Map.of("archive", "tar.gz"), "any", "local/named");
        assertThat(task.resolve("local/named/etc/conf")).exists();
        fetch(serve("/a.tar", sample()) + "//etc", Map.of(), "any", "local/sub");
        assertThat(task.resolve("local/sub/conf")).exists();
        fetch(at("/header"), Map.of(), "file", "local/header");
        assertThat(task.resolve("local/header")).hasContent("yes");
        fetch("local/exact", Map.of(), "file", "${unknown}/copy");
        assertThat(task.resolve("${unknown}/copy")).hasContent("tool");
        fetch(at("/dir/tool"), Map.of(), "any", allocation.resolve("alloc/shared").toString());
        assertThat(allocation.resolve("alloc/shared/tool")).hasContent("tool");
    }

    @Test
    void checksumsOfAllKindsAreChecked() throws Exception {
        String source = serve("/tool", text("tool"));
        for (String good : List.of("md5:39ab32c5aeb56c9f5ae17f073ce31023", "sha256:" + sha256(text("tool")), sha256(text("tool")))) {
            fetch(source, Map.of("checksum", good), "any", "local/");
        }
        serve("/sums", text("0000  other\n" + sha256(text("tool")) + " *./tool\n"));
        fetch(source, Map.of("checksum", "file:" + at("/sums")), "any", "local/");
        serve("/bsd", text("SHA256 (tool) = " + sha256(text("tool")) + "\n"));
        fetch(source, Map.of("checksum", "file:bsd"), "any", "local/");
        Files.delete(task.resolve("local/tool"));
        assertThatThrownBy(() -> fetch(source, Map.of("checksum", "md5:" + "0".repeat(32)), "any", "local/"))
                .hasMessageContaining("Checksums did not match. Expected: 00000000000000000000000000000000 Got: 39ab32c5aeb56c9f5ae17f073ce31023");
        assertThatThrownBy(() -> fetch(source, Map.of("checksum", "crc:12"), "any", "local/")).hasMessageContaining("must be md5:");
        serve("/wrong", text(sha256(text("x")) + "  x\n" + sha256(text("y")) + "  y\n"));
        assertThatThrownBy(() -> fetch(source, Map.of("checksum", "file:wrong"), "any", "local/")).hasMessageContaining("has none for tool");
        assertThat(task.resolve("local/tool")).doesNotExist();
    }

    record Attack(String name, Entries entries, String why) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Attack> attacks() {
        return List.of(
                new Attack("a name that leads up", tar -> file(tar, "../../../evil", "x", 0644), "escapes the destination"),
                new Attack("a link to the host", tar -> special(tar, "etc", TarConstants.LF_SYMLINK, "/etc"), "leads out of the destination"),
                new Attack("a link that leads up", tar -> special(tar, "a/up", TarConstants.LF_SYMLINK, "../../../.."), "leads out of the destination"),
                new Attack("a hard link to the host", tar -> special(tar, "passwd", TarConstants.LF_LINK, "../../../../../../etc/passwd"), "escapes the destination"),
                new Attack("a hard link to nothing", tar -> special(tar, "a", TarConstants.LF_LINK, "b"), "did not come before it"),
                new Attack("a device", tar -> special(tar, "null", TarConstants.LF_CHR, ""), "neither file, folder nor link"),
                new Attack("a pipe", tar -> special(tar, "pipe", TarConstants.LF_FIFO, ""), "neither file, folder nor link"),
                new Attack("more files than may be", tar -> {
                    for (int i = 0; i < 30; i++) {
                        file(tar, "f" + i, "", 0644);
                    }
                }, "more than 20 files"),
                new Attack("more bytes than may be", tar -> file(tar, "zeros", "\0".repeat(900_000), 0644), "the archive becomes more than"));
    }

    @ParameterizedTest(name = "{0} stays in the sandbox")
    @MethodSource("attacks")
    void hostileArchivesStayInTheSandbox(Attack attack) throws Exception {
        String source = serve("/a.tgz", packed(tar(attack.entries()), GZIPOutputStream::new));
        assertThatThrownBy(() -> fetch(source, Map.of(), "any", "local/")).isInstanceOf(IOException.class)
                .hasMessageStartingWith("failed to download artifact \"" + source + "\": ").hasMessageContaining(attack.why());
        try (Stream<Path> outside = Files.list(root)) {
            assertThat(outside.map(Path::getFileName).map(Path::toString)).containsExactly("alloc-1");
        }
    }

    @Test
    void aLinkThatIsThereAlreadyIsNotFollowedOut() throws Exception {
        Path outside = Files.createDirectories(root.resolve("outside"));
        Files.createSymbolicLink(task.resolve("local/way"), outside);
        Files.createSymbolicLink(task.resolve("local/tool"), outside.resolve("tool"));
        serve("/tool", text("tool"));
        assertThatThrownBy(() -> fetch(at("/tool"), Map.of(), "any", "local/way")).hasMessageContaining("leads out of the allocation's folder");
        fetch(at("/tool"), Map.of(), "any", "local/");
        assertThat(outside).isEmptyDirectory();
        assertThat(task.resolve("local/tool")).isRegularFile().hasContent("tool");
        assertThatThrownBy(() -> fetch("local/way/x", Map.of(), "any", "local/")).hasMessageContaining("only files in it can be sources");
        assertThatThrownBy(() -> fetch("/etc/passwd", Map.of(), "any", "local/")).hasMessageContaining("only files in it can be sources");
        assertThatThrownBy(() -> fetch(at("/tool"), Map.of(), "any", "../../out")).hasMessageContaining("escapes the allocation's folder");
        assertThatThrownBy(() -> fetch(at("/tool"), Map.of("filename", "../../../out"), "any", "local/"))
                .hasMessageContaining("escapes the allocation's folder");
    }

    @ParameterizedTest(name = "{0} that is none is said to be broken")
    @ValueSource(strings = {"a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz", "a.gz"})
    void brokenArchives(String name) {
        serve("/" + name, text("this is no archive, and long enough to be looked at by those who read headers ".repeat(20)));
        assertThatThrownBy(() -> fetch(at("/" + name), Map.of(), "any", "local/")).isInstanceOf(IOException.class);
    }

    @Test
    void serversAreTriedAgainAndSilenceEnds() throws Exception {
        fetch(at("/recovers"), Map.of(), "file", "local/ok");
        assertThat(task.resolve("local/ok")).hasContent("ok");
        requests.set(0);
        assertThatThrownBy(() -> fetch(at("/ill"), Map.of(), "any", "local/")).hasMessageContaining("bad response code: 503 (3 tries)");
        assertThat(requests.get()).isEqualTo(3);
        assertThatThrownBy(() -> fetch(at("/missing"), Map.of(), "any", "local/")).hasMessageContaining("bad response code: 404");
        assertThat(requests.get()).as("a clear answer is final").isEqualTo(4);
        assertThatThrownBy(() -> fetch(at("/silent"), Map.of(), "any", "local/")).hasMessageContaining("nothing came for");
        serve("/large", new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> fetch(at("/large"), Map.of(), "any", "local/")).hasMessageContaining("are the most");
    }

    @Test
    void objectsOfS3AreAskedForWithAnOwnOrTheAgentsKeys() throws Exception {
        // Without keys nothing is signed; with the agent's, or with those of the block before them, the request carries a signature.
        fetch("s3::" + at("/signed"), Map.of(), "file", "local/plain");
        assertThat(task.resolve("local/plain")).hasContent("null");
        try (Artifacts keyed = new Artifacts(RULES, Map.of("AWS_ACCESS_KEY_ID", "AGENT", "AWS_SECRET_ACCESS_KEY", "s", "AWS_REGION", "eu-west-1"), SHORT,
                SMALL, () -> Instant.parse("2024-02-03T04:05:06Z"))) {
            keyed.fetch(new ArtifactRequest("s3::" + at("/signed"), Map.of(), Map.of(), "file", "local/agents"), allocation, task);
            assertThat(task.resolve("local/agents")).content()
                    .startsWith("AWS4-HMAC-SHA256 Credential=AGENT/20240203/eu-west-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=");
            keyed.fetch(new ArtifactRequest("s3::" + at("/signed?region=us-west-2"), Map.of("aws_access_key_id", "MINE", "aws_access_key_secret", "t"),
                    Map.of(), "file", "local/own"), allocation, task);
            assertThat(task.resolve("local/own")).content().startsWith("AWS4-HMAC-SHA256 Credential=MINE/20240203/us-west-2/s3/");
        }
        assertThatThrownBy(() -> fetch("s3::" + at("/signed") + "?aws_access_key_id=x", Map.of(), "any", "local/")).hasMessageContaining("are needed together");
        fetch("gcs::" + at("/signed"), Map.of(), "file", "local/bucket");
        assertThat(task.resolve("local/bucket")).hasContent("null");
        assertThatThrownBy(() -> fetch("s3::" + at("/moved"), Map.of(), "any", "local/")).hasMessageContaining("set the option region");
    }

    @Test
    void limitsAreTheOperators() throws Exception {
        byte[] zipped = zipOf(Map.of("a", new byte[40 << 10], "b", new byte[40 << 10]));
        String source = serve("/x.zip", zipped);
        record Limit(ArtifactRules rules, String why) {}
        Duration long1 = Duration.ofSeconds(20);
        for (Limit limit : List.of(new Limit(new ArtifactRules(long1, 1 << 20, long1, long1, 50 << 10, 20, Set.of()), "decompression_limit_size"),
                new Limit(new ArtifactRules(long1, 1 << 20, long1, long1, 0, 1, Set.of()), "more than 1 files"),
                new Limit(new ArtifactRules(long1, 10, long1, long1, 0, 20, Set.of()), "10 are the most"))) {
            try (Artifacts limited = new Artifacts(limit.rules(), Map.of(), InstantSource.system())) {
                assertThatThrownBy(() -> limited.fetch(new ArtifactRequest(source, Map.of(), Map.of(), "any", "local/x"), allocation, task))
                        .hasMessageContaining(limit.why());
            }
        }
    }

    private static byte[] zipOf(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (java.util.zip.ZipOutputStream zip = new java.util.zip.ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new java.util.zip.ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return out.toByteArray();
    }

    @Test
    void secretsInAnAddressAreNotShown() {
        assertThatThrownBy(() -> fetch("http://me:pass@127.0.0.1:" + server.getAddress().getPort() + "/missing?X-Amz-Signature=abc", Map.of(), "any", "local/"))
                .hasMessageNotContaining("pass@").hasMessageNotContaining("abc").hasMessageContaining("X-Amz-Signature=redacted");
    }

    @Test
    void aRepositoryIsClonedAtItsRef() throws Exception {
        Assumptions.assumeTrue(run("git", "--version") == 0, "git is not installed");
        // Plan: a repository with two commits, offered over plain http as files; its newest, its tag, and a folder of it are fetched.
        Path work = Files.createDirectories(root.resolve("work"));
        git(work, "init", "-q", "-b", "main");
        Files.writeString(work.resolve("file"), "one");
        Files.createDirectories(work.resolve("sub"));
        Files.writeString(work.resolve("sub/inner"), "inner");
        git(work, "add", ".");
        git(work, "commit", "-qm", "one");
        git(work, "tag", "v1");
        Files.writeString(work.resolve("file"), "two");
        git(work, "commit", "-qam", "two");
        git(root, "clone", "-q", "--bare", work.toString(), root.resolve("repo.git").toString());
        git(root.resolve("repo.git"), "update-server-info");
        try (Stream<Path> all = Files.walk(root.resolve("repo.git"))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                serve("/" + root.relativize(file), Files.readAllBytes(file));
            }
        }
        fetch("git::" + at("/repo.git"), Map.of(), "any", "local/newest");
        assertThat(task.resolve("local/newest/file")).hasContent("two");
        fetch("git::" + at("/repo.git") + "?ref=v1", Map.of(), "dir", "local/old");
        assertThat(task.resolve("local/old/file")).hasContent("one");
        fetch("git::" + at("/repo.git") + "//sub", Map.of(), "any", "local/part");
        assertThat(task.resolve("local/part/inner")).hasContent("inner");
        assertThatThrownBy(() -> fetch("git::" + at("/repo.git"), Map.of("ref", "ghost"), "any", "local/x")).hasMessageContaining("git failed: ");
        assertThatThrownBy(() -> fetch("git::" + work, Map.of(), "any", "local/x")).hasMessageContaining("not allowed");
        assertThatThrownBy(() -> fetch("git::" + at("/repo.git"), Map.of("ref", "--upload-pack=x"), "any", "local/x")).hasMessageContaining("dash");
    }

    private static int run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            return 127;
        }
    }

    private static void git(Path folder, String... arguments) throws Exception {
        String[] command = Stream.concat(Stream.of("git", "-C", folder.toString(), "-c", "user.name=t", "-c", "user.email=t@t"), Stream.of(arguments))
                .toArray(String[]::new);
        assertThat(run(command)).isZero();
    }
}

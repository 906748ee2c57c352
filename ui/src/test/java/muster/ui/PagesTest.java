package muster.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import muster.http.Call;
import muster.http.Dialect;
import muster.http.Dispatcher;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
    private static final class Plain implements Dialect {
        @Override
        public Reply notFound(Call call) {
            return Reply.text(404, "nothing at " + call.path());
        }

        @Override
        public Reply methodNotAllowed(Call call, Set<String> allowed) {
            return Reply.text(405, "only " + allowed);
        }

        @Override
        public Reply tooLarge(Call call, long limit, long size) {
            return Reply.text(413, "too large");
        }

        @Override
        public Reply failed(Call call, Throwable failure) {
            return Reply.text(500, failure.getMessage());
        }
    }

    /** An API that tells what it was asked. */
    private static Dispatcher echo() {
        Routes routes = new Routes();
        for (String method : List.of("GET", "PUT")) {
            routes.add(method, "/v1/kv/*key", Handlers.direct(call -> Reply.text(200,
                    call.method() + " " + call.parameter("key") + " " + call.query("dc") + " " + call.header("X-Consul-Token"))));
        }
        return Dispatcher.of(routes, new Plain());
    }

    /** The pages of a registry that echoes. */
    private static Dispatcher pages(Apis apis, String... others) {
        return Dispatcher.of(Pages.at(Pages.Part.REGISTRY, echo(), "127.0.0.1", apis, others), new Plain());
    }

    private static Reply.Full ask(Dispatcher pages, String method, String path, Map<String, List<String>> query, Map<String, List<String>> headers) {
        Call call = new Call(method, path, Map.of(), query, headers, new byte[0], new InetSocketAddress("127.0.0.1", 1), new CompletableFuture<>());
        return (Reply.Full) pages.handle(call).toCompletableFuture().join();
    }

    private static Reply.Full get(String path) {
        return ask(pages(new Apis(), "/routes"), "GET", path, Map.of(), Map.of());
    }

    private static String text(Reply.Full reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ui/", "/ui//", "/ui//jobs/", "/ui/dev-general/services/hello-world-greeter/instances", "/ui/jobs/hello-world/web", "/ui/clients", "/routes"})
    void addressesOfTutorialsLeadToThePage(String path) {
        Reply.Full reply = get(path);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers()).containsEntry("Content-Type", "text/html; charset=utf-8").containsEntry("Cache-Control", "no-cache");
        assertThat(text(reply)).contains("data-home=\"registry\"").contains("type=\"importmap\"");
    }

    /** The policy allows scripts of this address and the one import map, whose hash it names. */
    @Test
    void thePolicyNamesTheHashOfTheImportMapAndAllowsNoOtherInlineScript() throws Exception {
        Reply.Full reply = get("/ui/");
        Matcher map = Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL).matcher(text(reply));
        assertThat(map.find()).isTrue();
        String hash = Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(map.group(1).getBytes(StandardCharsets.UTF_8)));
        assertThat(reply.headers().get("Content-Security-Policy")).contains("script-src 'self' 'sha256-" + hash + "';").contains("default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(text(reply).replace(map.group(), "")).doesNotContain("<style").doesNotContainPattern("<script(?![^>]* src=)").doesNotContainPattern(" on[a-z]+=");
    }

    /** Modules that only imports name would be asked for one layer after the other; those of other pages have time. */
    @ParameterizedTest
    @CsvSource({
        "/ui/,                              js/registry/services.js, js/scheduler/jobs.js",
        "/ui/dc1/services/web/instances,    js/registry/services.js, js/scheduler/jobs.js",
        "/ui/dc1/kv/jobs/run,               js/parts/views.js,       js/registry/services.js",
        "/ui/jobs/services,                 js/scheduler/jobs.js,    js/registry/services.js",
        "/ui/allocations,                   js/parts/table.js,       js/scheduler/files.js",
        "/ui/allocations/services/fs/x,     js/scheduler/files.js,   js/registry/services.js",
        "/ui/overview,                      js/overview/layout.js,   vendor/uplot.mjs",
        "/routes,                           js/balancer/model.js,    js/overview/layout.js",
        "/ui/dc1,                           js/registry/services.js, js/overview/layout.js",
        "/ui/nobody/knows/this,             js/parts/ui.js,          js/parts/table.js",
    })
    void thePageAsksAtOnceForTheModulesOfItsPathAndForNoOthers(String path, String needed, String other) {
        String page = text(get(path));
        assertThat(page).containsPattern("modulepreload\" href=\"/ui/assets/[0-9a-f]+/js/core/live.js\"")
                .containsPattern("modulepreload\" href=\"/ui/assets/[0-9a-f]+/vendor/preact.mjs\"")
                .containsPattern("modulepreload\" href=\"/ui/assets/[0-9a-f]+/" + needed + "\"")
                .doesNotContainPattern("modulepreload\" href=\"[^\"]*" + other).doesNotContainPattern("modulepreload\" href=\"[^\"]*early.js").doesNotContain("{{");
    }

    @Test
    void everyPageHasAModule() throws Exception {
        List<String> files = Files.readAllLines(folder().resolve("files.txt"));
        for (String line : Files.readAllLines(folder().resolve("pages.txt"))) {
            assertThat(line.split(" ").length).isGreaterThan(1);
            assertThat(files).contains(line.split(" ")[1]);
        }
    }

    @Test
    void thePageTellsWhatIsServedHereAndTheRegistrysDatacenter() {
        Routes registry = new Routes().get("/v1/catalog/datacenters", Handlers.direct(call -> Reply.of(200, "application/json", Json.write(List.of("a\"b", "dc2")))));
        Dispatcher api = Dispatcher.of(registry, new Plain());
        assertThat(text(ask(Dispatcher.of(Pages.at(Pages.Part.REGISTRY, api, "127.0.0.1", new Apis()), new Plain()), "GET", "/ui/", Map.of(), Map.of())))
                .contains("data-parts=\"registry=open scheduler=absent balancer=absent\"").contains("data-datacenter=\"a&quot;b\"");
    }

    /** A page of another datacenter reads there, and a thing's page reads other things than its list. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/ui/                           | registry:/v1/internal/ui/services",
        "/ui/dc1/services               | registry:/v1/internal/ui/services",
        "/ui/dc1                        | registry:/v1/internal/ui/services",
        "/ui/dc2/services               | ''",
        "/ui/dc1/services/web/instances | ''",
        "/ui/overview                   | registry:/v1/internal/ui/nodes",
        "/ui/jobs/web                   | ''",
    })
    void thePageNamesItsFirstReadsOfThePartsThatAreServedHere(String path, String reads) {
        Routes registry = new Routes().get("/v1/catalog/datacenters", Handlers.direct(call -> Reply.of(200, "application/json", Json.write(List.of("dc1")))));
        Dispatcher pages = Dispatcher.of(Pages.at(Pages.Part.REGISTRY, Dispatcher.of(registry, new Plain()), "127.0.0.1", new Apis()), new Plain());
        assertThat(text(ask(pages, "GET", path, Map.of(), Map.of()))).contains("data-reads=\"" + reads + "\"");
    }

    /** A registry without a leader must not keep the page from coming. */
    @Test
    void aRegistryThatDoesNotTellItsDatacenterIsNotWaitedFor() {
        Routes registry = new Routes().get("/v1/catalog/datacenters", call -> new CompletableFuture<>());
        Dispatcher api = Dispatcher.of(registry, new Plain());
        assertThat(text(ask(Dispatcher.of(Pages.at(Pages.Part.REGISTRY, api, "127.0.0.1", new Apis()), new Plain()), "GET", "/ui/", Map.of(), Map.of())))
                .contains("data-datacenter=\"\"");
    }

    @Test
    void everyFileThatThePageNamesIsThereAndKeptForEver() {
        Matcher names = Pattern.compile("\"(/ui/assets/[^\"]+)\"").matcher(text(get("/ui/")));
        int found = 0;
        while (names.find()) {
            Reply.Full file = get(names.group(1));
            assertThat(file.status()).as(names.group(1)).isEqualTo(200);
            assertThat(file.headers().get("Cache-Control")).contains("immutable");
            found++;
        }
        assertThat(found).isGreaterThan(10);
    }

    @Test
    void afterAnUpdateTheOldHashIsRefused() {
        Reply.Full reply = get("/ui/assets/0123456789abcdef/js/main.js");
        assertThat(reply.status()).isEqualTo(404);
        assertThat(text(reply)).contains("reload the page");
    }

    private static Path folder() throws URISyntaxException {
        return Path.of(PagesTest.class.getResource("app/files.txt").toURI()).getParent();
    }

    @Test
    void theListNamesExactlyTheFilesOfTheFolder() throws Exception {
        try (Stream<Path> files = Files.walk(folder())) {
            List<String> there = files.filter(Files::isRegularFile).map(file -> folderName(file)).filter(name -> !List.of("index.html", "files.txt", "pages.txt").contains(name)).sorted().toList();
            assertThat(Files.readAllLines(folder().resolve("files.txt"))).containsExactlyInAnyOrderElementsOf(there);
        }
    }

    private static String folderName(Path file) {
        try {
            return folder().relativize(file).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void vendoredFilesAreThoseOfTheManifest() throws Exception {
        List<?> manifest = (List<?>) Json.parse(Files.readAllBytes(folder().resolve("vendor/manifest.json")));
        Map<String, String> hashes = new LinkedHashMap<>();
        for (Object row : manifest) {
            Map<?, ?> fields = (Map<?, ?>) row;
            hashes.put((String) fields.get("file"), (String) fields.get("sha256"));
            assertThat(Files.readString(folder().resolve("vendor/licences.txt"))).contains(fields.get("package") + " " + fields.get("version"));
        }
        for (Map.Entry<String, String> file : hashes.entrySet()) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(folder().resolve("vendor").resolve(file.getKey())));
            assertThat(HexFormat.of().formatHex(digest)).as(file.getKey()).isEqualTo(file.getValue());
        }
    }

    @Test
    void ourScriptsAndStylesReachNoOtherMachineAndWriteNoMarkup() throws IOException, URISyntaxException {
        List<String> wrong = new ArrayList<>();
        for (String name : Files.readAllLines(folder().resolve("files.txt"))) {
            if (name.startsWith("vendor/")) {
                continue;
            }
            String text = Files.readString(folder().resolve(name));
            Matcher others = Pattern.compile("https?://(?!127\\.0\\.0\\.1|host/|www\\.w3\\.org/2000/svg)[^'\"`\\s]*").matcher(text);
            while (others.find()) {
                wrong.add(name + ": " + others.group());
            }
            if (text.contains("innerHTML") || text.contains("dangerouslySetInnerHTML") || text.contains("eval(")) {
                wrong.add(name + ": writes markup or runs text");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aReadIsPassedOnWithItsQueryAndTheCallersToken() {
        Apis apis = new Apis();
        Reply.Full reply = ask(pages(apis), "GET", "/ui-api/registry/v1/kv/a/b", Map.of("dc", List.of("dc2")), Map.of("x-consul-token", List.of("secret")));
        assertThat(text(reply)).isEqualTo("GET a/b dc2 secret");
    }

    @Test
    void aWriteWithoutTheMarkOfThePagesIsRefused() {
        Apis apis = new Apis();
        assertThat(ask(pages(apis), "PUT", "/ui-api/registry/v1/kv/a", Map.of(), Map.of()).status()).isEqualTo(403);
        assertThat(ask(pages(apis), "PUT", "/ui-api/registry/v1/kv/a", Map.of(), Map.of("x-muster-ui", List.of("1"))).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, open", "0.0.0.0, open", "::, open", "10.0.0.1, elsewhere"})
    void aPartIsOpenToThePageWhereItListensAtThePagesAddressOrEverywhere(String host, String expected) {
        Apis apis = new Apis();
        apis.add(Pages.Part.SCHEDULER, host, echo());
        assertThat(text(ask(pages(apis), "GET", "/ui-api/parts", Map.of(), Map.of()))).isEqualTo("{\"registry\":\"open\",\"scheduler\":\"" + expected + "\",\"balancer\":\"absent\"}");
        assertThat(ask(pages(apis), "GET", "/ui-api/scheduler/v1/kv/x", Map.of(), Map.of()).status()).isEqualTo(expected.equals("open") ? 200 : 502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry", "nobody:0:/v1/kv/a", "registry:x:/v1/kv/a", "registry:0:v1/kv/a", "registry:-1:/a"})
    void aWatchThatIsNotWellFormedIsRefused(String watch) {
        Apis apis = new Apis();
        assertThat(ask(pages(apis), "GET", "/ui-api/live", Map.of("watch", List.of(watch)), Map.of()).status()).isEqualTo(400);
    }
}

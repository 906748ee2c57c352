package muster.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import muster.http.Call;
import muster.http.Reply;
import muster.http.Routes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagesTest {
    private static Reply.Full get(Pages.Part part, String rest) {
        Routes routes = new Routes();
        Pages.addTo(routes, part);
        Call call = new Call("GET", "/ui/" + rest, Map.of("rest", rest), Map.of(), Map.of(), new byte[0],
                new InetSocketAddress("127.0.0.1", 1), new CompletableFuture<>());
        return (Reply.Full) routes.all().getFirst().handler().handle(call).toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource({
        "REGISTRY, '', Muster: Registry",
        "REGISTRY, dev-general/services/hello-world-greeter/instances, Muster: Registry",
        "SCHEDULER, jobs/hello-world/web, Muster: Scheduler",
        "SCHEDULER, clients, Muster: Scheduler",
        "REGISTRY, assets/page.js, export async function read"
    })
    void addressesOfTutorialsLeadToThePartsPage(Pages.Part part, String rest, String contained) {
        Reply.Full reply = get(part, rest);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).contains(contained);
    }

    @Test
    void anUnknownFileIsNotFound() {
        assertThat(get(Pages.Part.REGISTRY, "assets/nothing.js").status()).isEqualTo(404);
    }

    @Test
    void whatThePagesLoadIsThereAndNothingComesFromElsewhere() {
        for (String page : List.of("registry.html", "scheduler.html", "registry.js", "scheduler.js", "page.js", "style.css")) {
            String text = Pages.text(page);
            assertThat(text).as(page).doesNotContain("http://", "https://", "<script>", "onclick=");
            Matcher assets = Pattern.compile("/ui/(assets/[a-z.]+)").matcher(text);
            while (assets.find()) {
                assertThat(get(Pages.Part.REGISTRY, assets.group(1)).status()).as(assets.group(1)).isEqualTo(200);
            }
        }
    }
}

package muster.hcl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BodyReaderTest {
    private final Diagnostics diagnostics = new Diagnostics();

    @Test
    void everythingUnexpectedIsNamedWithAGuess() {
        read("""
                drver = 1
                logs = 2
                jb "x" { }
                count { }
                job "a" "b" { }
                job { }
                """);
        assertThat(diagnostics.lines().lines()).containsExactly(
                "f:1,1-6: Unsupported argument; An argument named \"drver\" is not expected here. Did you mean \"driver\"?",
                "f:2,1-5: Unsupported argument; An argument named \"logs\" is not expected here. Did you mean to define a block"
                        + " of type \"logs\"?",
                "f:3,1-3: Unsupported block type; Blocks of type \"jb\" are not expected here. Did you mean \"job\"?",
                "f:4,1-6: Unsupported block type; Blocks of type \"count\" are not expected here. Did you mean to define"
                        + " argument \"count\"? If so, use the equals sign to assign it a value.",
                "f:5,9-12: Extraneous label for job; Only 1 labels (name) are expected for job blocks.",
                "f:6,5-6: Missing name for job; All job blocks must have 1 labels (name).");
    }

    @Test
    void dynamicBlocksBecomeOneBlockForEachItem() {
        BodyContent content = read("""
                dynamic "job" {
                  for_each = { a = 1, b = 2 }
                  iterator = it
                  labels   = ["${it.key}!"]
                  content {
                    count = it.value
                  }
                }
                """);
        assertThat(diagnostics.lines()).isEmpty();
        assertThat(content.blocks()).extracting(b -> b.block().labels()).containsExactly(List.of("a!"), List.of("b!"));
        assertThat(content.blocks()).extracting(b -> new Evaluator(diagnostics)
                        .evaluate(b.block().body().attributes().get("count").expression(), b.scope()))
                .containsExactly(Value.number(1), Value.number(2));
    }

    @Test
    void configurationIsTheSameTreeInHclAndJson() {
        ConfigTree.Node.Table hcl = ConfigTree.read("c.hcl", """
                ports { http = 8500 }
                addresses = { dns = "127.0.0.1" }
                plugin "raw_exec" { config { enabled = true } }
                """, diagnostics);
        ConfigTree.Node.Table json = ConfigTree.read("c.json", """
                {"ports": {"http": 8500}, "addresses": {"dns": "127.0.0.1"},
                 "plugin": {"raw_exec": {"config": {"enabled": true}}}}
                """, diagnostics);
        assertThat(diagnostics.lines()).isEmpty();
        assertThat(plain(hcl)).isEqualTo(plain(json)).isEqualTo(
                "{addresses={dns=\"127.0.0.1\"}, plugin={raw_exec={config={enabled=true}}}, ports={http=8500}}");
    }

    private static String plain(ConfigTree.Node node) {
        return switch (node) {
            case ConfigTree.Node.Scalar scalar -> JsonValues.text(scalar.value());
            case ConfigTree.Node.Items items -> items.items().stream().map(BodyReaderTest::plain).toList().toString();
            case ConfigTree.Node.Table table -> "{" + String.join(", ", table.settings().values().stream()
                    .flatMap(List::stream).map(s -> s.name() + "=" + plain(s.value())).sorted().toList()) + "}";
        };
    }

    private BodyContent read(String text) {
        ParsedFile file = Hcl.parse("f", text);
        assertThat(file.diagnostics()).isEmpty();
        BodySchema schema = BodySchema.of("driver", "count").withBlocks("logs").withLabelled("job", "name");
        return new BodyReader(diagnostics).read(file.body(), schema, Scope.empty());
    }
}

package muster.template.function;

import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import muster.template.dependency.Values;
import muster.template.language.Delimiters;
import muster.template.language.MissingKey;
import muster.template.render.Dialect;
import muster.template.render.Machine;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;
import muster.template.render.Sandbox;

/** Renders with randomness that begins anew, and from the same seed, at each rendering. */
final class Seeded {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private Seeded() {}

    /** The text, or the message of the failure. */
    static String rendered(long seed, String template) {
        try {
            SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
            random.setSeed(seed);
            Machine machine = new Machine(Sandbox.open(Path.of("")), "", false, random);
            Renderer renderer = Renderer.parse("t", template, Dialect.GO, Delimiters.DEFAULT, MissingKey.ZERO, name -> "");
            return switch (renderer.render(Values.NONE, new Context.Settings(Map.of(), List.of(), machine), NOW)) {
                case RenderResult.Rendered output -> output.text();
                case RenderResult.Missing missing -> "missing";
                case RenderResult.Failed failed -> failed.message();
            };
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA1PRNG", e);
        }
    }
}

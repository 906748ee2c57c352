package muster.template.render;

import java.time.Instant;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.language.Delimiters;
import muster.template.language.MissingKey;
import muster.template.language.TemplateException;

/** A parsed template of either dialect. Pure and immutable: {@code (template, values) -> result}. Any thread may call. */
public sealed interface Renderer permits GoRenderer, MustacheRenderer {
    /** Equal arguments give equal results. Never throws for what a template does. */
    RenderResult render(Values values, Context.Settings settings, Instant now);

    /**
     * Parses.
     *
     * @param name for error messages; consul-template uses ""
     * @param errorOnMissingKey whether a missing entry of a map is an error
     * @throws TemplateException if the text is no template
     */
    static Renderer parse(String name, String text, Dialect dialect, Delimiters delimiters, boolean errorOnMissingKey) {
        return switch (dialect) {
            case GO -> new GoRenderer(name, text, delimiters, errorOnMissingKey ? MissingKey.ERROR : MissingKey.ZERO);
            case MUSTACHE -> new MustacheRenderer(name, text, errorOnMissingKey);
        };
    }
}

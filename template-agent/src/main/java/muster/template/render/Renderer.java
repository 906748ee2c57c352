package muster.template.render;

import java.time.Instant;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.language.Delimiters;
import muster.template.language.MissingKey;
import muster.template.language.TemplateException;
import muster.template.language.Value;

/** A parsed template of either dialect. Pure and immutable: {@code (template, values) -> result}. Any thread may call. */
public sealed interface Renderer permits GoRenderer, MustacheRenderer {
    /** Equal arguments give equal results. Never throws for what a template does. The data is dot; Mustache finds its names first. */
    RenderResult render(Value data, Values values, Context.Settings settings, Instant now);

    /** As {@link #render(Value, Values, Context.Settings, Instant)} without data, as consul-template does it. */
    default RenderResult render(Values values, Context.Settings settings, Instant now) {
        return render(Value.NOTHING, values, settings, now);
    }

    /**
     * Parses.
     *
     * @param name for error messages; consul-template uses ""
     * @param missingKey what a missing entry of a map is; consul-template's is its zero value
     * @throws TemplateException if the text is no template
     */
    static Renderer parse(String name, String text, Dialect dialect, Delimiters delimiters, MissingKey missingKey) {
        return parse(name, text, dialect, delimiters, missingKey, Partials.NONE);
    }

    /** As above, with the texts of Mustache's partials; their dependencies are the template's. */
    static Renderer parse(String name, String text, Dialect dialect, Delimiters delimiters, MissingKey missingKey, Partials partials) {
        return switch (dialect) {
            case GO -> new GoRenderer(name, text, delimiters, missingKey);
            case MUSTACHE -> new MustacheRenderer(name, text, missingKey == MissingKey.ERROR, partials);
        };
    }

    /** As above with consul-template's choice: an error if {@code errorOnMissingKey}, else the zero value. */
    static Renderer parse(String name, String text, Dialect dialect, Delimiters delimiters, boolean errorOnMissingKey) {
        return parse(name, text, dialect, delimiters, errorOnMissingKey ? MissingKey.ERROR : MissingKey.ZERO);
    }
}

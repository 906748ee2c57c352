package muster.template.render;

import java.time.Instant;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.function.FunctionTable;
import muster.template.language.Delimiters;
import muster.template.language.MissingKey;
import muster.template.language.Template;
import muster.template.language.TemplateException;
import muster.template.language.Value;

/** Go's template language with consul-template's functions. */
final class GoRenderer implements Renderer {
    private final Template template;
    private final MissingKey missingKey;

    GoRenderer(String name, String text, Delimiters delimiters, MissingKey missingKey) {
        this.template = Template.parse(name, text, delimiters, FunctionTable.names());
        this.missingKey = missingKey;
    }

    @Override
    public RenderResult render(Value data, Values values, Context.Settings settings, Instant now) {
        Context context = new Context(values, settings, now);
        try {
            String text = template.execute(data, FunctionTable.of(context), missingKey);
            return context.missing().isEmpty()
                    ? new RenderResult.Rendered(text, context.used(), context.effects())
                    : new RenderResult.Missing(text, context.missing(), context.used());
        } catch (TemplateException e) {
            return new RenderResult.Failed(context.redacted(e.getMessage()), context.missing(), context.used());
        }
    }
}

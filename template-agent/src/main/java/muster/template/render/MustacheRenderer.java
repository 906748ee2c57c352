package muster.template.render;

import com.github.mustachejava.Binding;
import com.github.mustachejava.Code;
import com.github.mustachejava.DefaultMustacheFactory;
import com.github.mustachejava.Iteration;
import com.github.mustachejava.Mustache;
import com.github.mustachejava.MustacheException;
import com.github.mustachejava.ObjectHandler;
import com.github.mustachejava.TemplateContext;
import com.github.mustachejava.util.Wrapper;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import muster.template.dependency.Values;
import muster.template.function.Context;
import muster.template.language.FunctionException;
import muster.template.language.TemplateException;
import muster.template.language.Value;

/**
 * The Mustache dialect over {@link MustacheData}. Text is not escaped for HTML, since the output is a configuration file;
 * partials and parents come from where the caller says, once, when it is parsed; no Java object is reachable but the data.
 */
final class MustacheRenderer implements Renderer {
    private final String name;
    private final boolean errorOnMissingKey;
    private final Mustache mustache;

    MustacheRenderer(String name, String text, boolean errorOnMissingKey, Partials partials) {
        this.name = name;
        this.errorOnMissingKey = errorOnMissingKey;
        try {
            this.mustache = new Factory(partials).compile(new StringReader(text), name.isEmpty() ? "template" : name);
        } catch (MustacheException | FunctionException e) {
            throw TemplateException.parse("template: " + name + ": " + e.getMessage());
        }
    }

    @Override
    public RenderResult render(Value data, Values values, Context.Settings settings, Instant now) {
        Context context = new Context(values, settings, now);
        StringWriter out = new StringWriter();
        try {
            List<Object> scopes = new ArrayList<>();
            scopes.add(MustacheData.root(context, errorOnMissingKey && data.isNil()));
            if (!data.isNil()) {
                scopes.add(MustacheData.of(data, errorOnMissingKey));
            }
            mustache.execute(out, scopes);
        } catch (MustacheException | FunctionException e) {
            Throwable cause = e.getCause() instanceof FunctionException ? e.getCause() : e;
            return new RenderResult.Failed(context.redacted("template: " + name + ": " + cause.getMessage()),
                    context.missing(), context.used());
        }
        return context.missing().isEmpty()
                ? new RenderResult.Rendered(out.toString(), context.used(), context.effects())
                : new RenderResult.Missing(out.toString(), context.missing(), context.used());
    }

    private static final class Factory extends DefaultMustacheFactory {
        private final Partials partials;

        Factory(Partials partials) {
            this.partials = partials;
            setObjectHandler(new Data());
            setRecursionLimit(50);
        }

        @Override
        public void encode(String value, Writer writer) {
            try {
                writer.write(value);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Reader getReader(String resourceName) {
            return new StringReader(partials.text(resourceName));
        }
    }

    /** Finds names in the data only; the library's own handler would look into any Java object. */
    private static final class Data implements ObjectHandler {
        @Override
        public Wrapper find(String name, List<Object> scopes) {
            return current -> lookup(name, current);
        }

        private static Object lookup(String name, List<Object> scopes) {
            if (name.equals(".")) {
                return scopes.getLast();
            }
            for (Object scope : scopes.reversed()) {
                if (scope instanceof MustacheData data) {
                    MustacheData found = data.path(name);
                    if (found != null) {
                        return found;
                    }
                }
            }
            return null;
        }

        @Override
        public Object coerce(Object object) {
            return object;
        }

        @Override
        public Writer iterate(Iteration iteration, Writer writer, Object object, List<Object> scopes) {
            Writer current = writer;
            if (object instanceof MustacheData data) {
                for (MustacheData item : data.items()) {
                    current = iteration.next(current, item, scopes);
                }
            }
            return current;
        }

        @Override
        public Writer falsey(Iteration iteration, Writer writer, Object object, List<Object> scopes) {
            boolean none = !(object instanceof MustacheData data) || data.items().isEmpty();
            return none ? iteration.next(writer, object, scopes) : writer;
        }

        @Override
        public Binding createBinding(String name, TemplateContext context, Code code) {
            return scopes -> lookup(name, scopes);
        }

        @Override
        public String stringify(Object object) {
            return object instanceof MustacheData data ? data.text() : String.valueOf(object);
        }
    }
}

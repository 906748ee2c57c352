package muster.template.language;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A parsed template with the templates defined in it. Immutable; any thread may execute it, also several at once. */
public final class Template {
    private final String name;
    private final String source;
    private final Map<String, List<Node.Statement>> definitions;

    private Template(String name, String source, Map<String, List<Node.Statement>> definitions) {
        this.name = name;
        this.source = source;
        this.definitions = Map.copyOf(definitions);
    }

    /**
     * Parses.
     *
     * @param name appears in error messages
     * @param functions names that may be called besides Go's own functions
     * @throws TemplateException if the source is no template
     */
    public static Template parse(String name, String source, Delimiters delimiters, Set<String> functions) {
        return new Template(name, source, Parser.parse(name, source, delimiters,
                function -> functions.contains(function) || Builtins.TABLE.containsKey(function)));
    }

    /**
     * Executes with {@code data} as dot and returns the output; equal arguments give equal output as far as the
     * functions do.
     *
     * @param functions those whose names were given when parsing
     * @throws TemplateException if it fails; what was printed before is lost
     */
    public String execute(Value data, List<Function> functions, MissingKey missingKey) {
        Map<String, Function> table = new HashMap<>();
        functions.forEach(function -> table.put(function.name(), function));
        return execute(data, table::get, missingKey);
    }

    /** As {@link #execute(Value, List, MissingKey)}; a function is looked up when it is called. */
    public String execute(Value data, Functions functions, MissingKey missingKey) {
        return new Evaluator(this, functions, missingKey, 0).run(name, data);
    }

    String name() {
        return name;
    }

    /** The statements of a template of the set, or null. */
    List<Node.Statement> definition(String defined) {
        return definitions.get(defined);
    }

    /** {@code name:line:column} of a place in the source; columns count bytes from 0. */
    String location(int position) {
        int lineStart = source.lastIndexOf('\n', position - 1) + 1;
        long line = 1 + source.substring(0, position).chars().filter(c -> c == '\n').count();
        return name + ":" + line + ":" + GoText.length(source.substring(lineStart, position));
    }
}

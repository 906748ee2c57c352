package muster.template.render;

import muster.template.language.FunctionException;

/** Where the texts of Mustache's partials ({@code {{>name}}}) and parents ({@code {{<name}}}) come from. */
@FunctionalInterface
public interface Partials {
    Partials NONE = name -> {
        throw new FunctionException("{{>" + name + "}}: there are no partials here; write the text in place");
    };

    /** The text; throws {@link FunctionException} if there is none. */
    String text(String name);
}

package muster.template.render;

import java.util.List;
import java.util.Set;
import muster.template.dependency.Dependency;
import muster.template.function.Effect;

/** What came of executing a template once. */
public sealed interface RenderResult {
    /** Everything the template asked for, known or not. */
    Set<Dependency<?>> used();

    /**
     * The output, made from values that were all known.
     *
     * @param effects what else the template wants done, in order
     */
    record Rendered(String text, Set<Dependency<?>> used, List<Effect> effects) implements RenderResult {
        public Rendered {
            effects = List.copyOf(effects);
            used = Set.copyOf(used);
        }
    }

    /**
     * It executed, but some values were not known; the template may ask for more once they are.
     *
     * @param text what it gives with empty values in their places
     */
    record Missing(String text, Set<Dependency<?>> missing, Set<Dependency<?>> used) implements RenderResult {
        public Missing {
            missing = Set.copyOf(missing);
            used = Set.copyOf(used);
        }
    }

    /** It failed; perhaps only because values were missing. */
    record Failed(String message, Set<Dependency<?>> missing, Set<Dependency<?>> used) implements RenderResult {
        public Failed {
            missing = Set.copyOf(missing);
            used = Set.copyOf(used);
        }
    }
}

package muster.template.runner;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Hears of the templates of one task. Calls come from the templates' own thread, one at a time; while one runs, nothing is
 * rendered, so it may block for as long as the reaction takes.
 */
public interface TemplateListener {
    /** Not everything is there; called whenever the list changes, at most every few seconds. Names are sorted. */
    void waiting(List<String> missing, Instant since);

    /** All templates are on disk for the first time; the variables are those of the env templates. Called once. */
    void ready(Map<String, String> environment);

    /** Files changed after that, the splay has passed: act. */
    void changed(Reaction reaction);

    /** A template failed though nothing is missing. The old file stays; a further change is tried again. */
    void failed(String destination, String message);
}

package muster.scheduler.job;

import java.util.List;
import muster.wire.Key;

/** What people are shown of a job beside its figures (job file block {@code ui}). */
public record JobUi(String description, List<Link> links) {
    /** Where to read more. */
    public record Link(String label, @Key("URL") String url) {
        public Link {
            label = Values.text(label);
            url = Values.text(url);
        }
    }

    public JobUi {
        description = Values.text(description);
        links = Values.list(links);
    }
}

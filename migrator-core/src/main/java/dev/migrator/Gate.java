package dev.migrator;

import dev.migrator.internal.check.Checks;
import java.time.Duration;

/** What has to be true before a phase begins. */
public sealed interface Gate {

    /**
     * The gate's name in migration files and in the output of {@code status}.
     *
     * @return the name
     */
    String name();

    /** Waits until a person has approved the phase. */
    record Approval() implements Gate {
        @Override
        public String name() {
            return "approval";
        }
    }

    /**
     * Waits until the phase before has been complete for a while.
     *
     * @param duration how long; more than nothing, at most ten years
     */
    record Soak(Duration duration) implements Gate {
        /**
         * Checks the duration.
         *
         * @throws IllegalArgumentException if it is not positive or longer than ten years
         */
        public Soak {
            new Checks().duration("soak", duration).throwIfAny();
        }

        @Override
        public String name() {
            return "soak";
        }
    }

    /**
     * Waits until a query answers true.
     *
     * @param query a query that returns one row with one boolean
     * @param reason what is said while it does not
     */
    record Sql(String query, String reason) implements Gate {
        /**
         * Checks the texts.
         *
         * @throws IllegalArgumentException if either is blank or can't be sent to the server
         */
        public Sql {
            query = query.strip();
            new Checks().text("sql", query).text("reason", reason).throwIfAny();
        }

        /**
         * A query with a reason that quotes it.
         *
         * @param query a query that returns one row with one boolean
         */
        public Sql(String query) {
            this(query, defaultReason(query));
        }

        /**
         * What is said if no reason was given.
         *
         * @param query the query
         * @return the reason, on one line
         */
        public static String defaultReason(String query) {
            return "the query has not answered true: " + query.strip().replaceAll("\\s+", " ");
        }

        @Override
        public String name() {
            return "sql";
        }
    }

    /** Waits until no live instance of the application needs what the phase takes away. */
    record Releases() implements Gate {
        @Override
        public String name() {
            return "releases";
        }
    }
}

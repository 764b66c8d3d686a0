package dev.migrator;

import dev.migrator.internal.check.Checks;
import dev.migrator.throttle.TimeWindows;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What has to be true before a phase begins. */
public sealed interface Gate {

    /**
     * The gate's name in migration files and in the output of {@code status}.
     *
     * @return the name
     */
    String name();

    /**
     * Waits until people have approved the phase.
     *
     * @param people how many different people; each is told by the name that the approval gives
     * @param roles database roles, of one of which the session that records an approval has to be a member; empty: any
     * @param expires for how long an approval counts; empty: until the next rollback
     */
    record Approval(int people, List<Identifier> roles, Optional<Duration> expires) implements Gate {
        /**
         * Checks the parts.
         *
         * @throws IllegalArgumentException with all that can't be
         */
        public Approval {
            roles = List.copyOf(roles);
            Checks checks = new Checks()
                    .addIf(people < 1, "people", "is " + people + "; it must be 1 or more")
                    .distinct("roles", roles, "");
            expires.ifPresent(time -> checks.duration("expires", time));
            checks.throwIfAny();
        }

        /** One person, whoever it is. */
        public Approval() {
            this(1, List.of(), Optional.empty());
        }

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

    /**
     * Waits until no live instance of the application needs what the phase takes away, and each one knows the migration.
     * Sessions of the database that belong to no registered instance are named, and waited for; so is the first instance,
     * while there is none. An approval of that phase by somebody who knows takes their place.
     *
     * @param minimum the oldest release that may be live, compared number by number ({@code 2026.9} is before
     *     {@code 2026.11}); empty: any
     * @param ignoredRoles roles whose sessions need not belong to an instance
     * @param ignoredApplications {@code application_name}s whose sessions need not belong to an instance
     * @param onlyRegistered whether what is not registered is no reason to wait
     */
    record Releases(
            Optional<String> minimum,
            List<Identifier> ignoredRoles,
            List<String> ignoredApplications,
            boolean onlyRegistered)
            implements Gate {
        /**
         * Checks the parts.
         *
         * @throws IllegalArgumentException with all that can't be
         */
        public Releases {
            ignoredRoles = List.copyOf(ignoredRoles);
            ignoredApplications = List.copyOf(ignoredApplications);
            Checks checks = new Checks()
                    .text("minimum", minimum)
                    .addIf(
                            minimum.filter(text -> text.chars().noneMatch(c -> c >= '0' && c <= '9'))
                                    .isPresent(),
                            "minimum",
                            "has no number in it, by which releases could be compared")
                    .distinct("ignoreRoles", ignoredRoles, "")
                    .distinct("ignoreApplications", ignoredApplications, "");
            checks.throwIfAny();
        }

        /** Any release, and no session is left out. */
        public Releases() {
            this(Optional.empty(), List.of(), List.of(), false);
        }

        /** Of the registered instances only. */
        static Releases ofRegistered() {
            return new Releases(Optional.empty(), List.of(), List.of(), true);
        }

        @Override
        public String name() {
            return "releases";
        }
    }

    /**
     * Waits until no standby is further behind than that.
     *
     * @param limit the lag
     */
    record ReplicaLag(Duration limit) implements Gate {
        /**
         * Checks the limit.
         *
         * @throws IllegalArgumentException if it is not positive or longer than ten years
         */
        public ReplicaLag {
            new Checks().duration("replicaLag", limit).throwIfAny();
        }

        @Override
        public String name() {
            return "replicaLag";
        }
    }

    /**
     * Waits until no statement has named a column that the migration takes away, with its table, for that long: by
     * {@code pg_stat_statements}, from when the gate was first asked.
     *
     * @param duration how long
     */
    record NoUse(Duration duration) implements Gate {
        /**
         * Checks the time.
         *
         * @throws IllegalArgumentException if it is not positive or longer than ten years
         */
        public NoUse {
            new Checks().duration("noUse", duration).throwIfAny();
        }

        @Override
        public String name() {
            return "noUse";
        }
    }

    /**
     * Waits for a time of day.
     *
     * @param windows when the phase may begin, by the database's clock
     * @param text the windows as they were written
     */
    record Window(TimeWindows windows, String text) implements Gate {
        /**
         * Reads windows.
         *
         * @param text as for {@link TimeWindows#parse}
         * @throws IllegalArgumentException if they are none
         */
        public static Window of(String text) {
            return new Window(TimeWindows.parse(text), text.strip());
        }

        @Override
        public String name() {
            return "window";
        }
    }

    /**
     * Waits until a gate of the application is open.
     *
     * @param gate the name under which the application gives its {@link CustomGate}
     */
    record Custom(String gate) implements Gate {
        /**
         * Checks the name.
         *
         * @throws IllegalArgumentException if it is blank
         */
        public Custom {
            new Checks().text("custom", gate).throwIfAny();
        }

        @Override
        public String name() {
            return "custom";
        }
    }

    /**
     * Waits until all of some gates are open.
     *
     * @param gates the gates
     */
    record All(List<Gate> gates) implements Gate {
        /**
         * Checks the list.
         *
         * @throws IllegalArgumentException if it is empty
         */
        public All {
            gates = List.copyOf(gates);
            new Checks().notEmpty("all", gates).throwIfAny();
        }

        @Override
        public String name() {
            return "all";
        }
    }

    /**
     * Waits until one of some gates is open.
     *
     * @param gates the gates
     */
    record Any(List<Gate> gates) implements Gate {
        /**
         * Checks the list.
         *
         * @throws IllegalArgumentException if it is empty
         */
        public Any {
            gates = List.copyOf(gates);
            new Checks().notEmpty("any", gates).throwIfAny();
        }

        @Override
        public String name() {
            return "any";
        }
    }

    /**
     * Waits until a gate has looked and is closed. One that could not be asked opens nothing.
     *
     * @param gate the gate
     */
    record Not(Gate gate) implements Gate {
        @Override
        public String name() {
            return "not";
        }
    }
}

/** What the model's types share: checks with all problems at once, and the canonical form of a migration. */
@NullMarked
package dev.migrator.internal.model;

import org.jspecify.annotations.NullMarked;

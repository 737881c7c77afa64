//! Which reviews of a pull request stand: of each user the latest that says yes or no.

use serde::Deserialize;

use super::User;
use crate::forge::Approved;

/// A review as GitHub lists it, oldest first.
#[derive(Debug, Deserialize)]
pub(super) struct Review {
    user: Option<User>,
    #[serde(default)]
    state: String,
    #[serde(default)]
    commit_id: Option<String>,
    #[serde(default)]
    submitted_at: Option<String>,
}

/// The approvals that stand. A remark leaves an approval as it is; a request for changes, and its own dismissal, end it.
pub(super) fn standing(reviews: Vec<Review>) -> Vec<Approved> {
    let mut latest: Vec<(String, Review)> = Vec::new();
    for review in reviews {
        // a deleted account approves nothing
        let Some(user) = &review.user else { continue };
        let login = user.login.clone();
        if !matches!(review.state.as_str(), "APPROVED" | "CHANGES_REQUESTED" | "DISMISSED") {
            continue;
        }
        match latest.iter_mut().find(|(known, _)| *known == login) {
            Some((_, old)) => *old = review,
            None => latest.push((login, review)),
        }
    }
    let approved = latest.into_iter().filter(|(_, review)| review.state == "APPROVED");
    approved.map(|(user, review)| Approved { user, commit: review.commit_id.unwrap_or_default(), at: review.submitted_at }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn users(reviews: &[(&str, &str)]) -> Vec<String> {
        let reviews = reviews.iter().map(|(user, state)| json!({"user": {"login": user}, "state": state, "commit_id": "c"}));
        let reviews = reviews.map(|review| serde_json::from_value(review).unwrap()).collect();
        standing(reviews).into_iter().map(|one| one.user).collect()
    }

    #[test]
    fn the_latest_yes_or_no_of_each_user_counts() {
        assert_eq!(users(&[("ann", "APPROVED"), ("bob", "APPROVED"), ("ann", "CHANGES_REQUESTED")]), ["bob"]);
        assert_eq!(users(&[("ann", "CHANGES_REQUESTED"), ("ann", "APPROVED")]), ["ann"]);
        assert_eq!(users(&[("ann", "DISMISSED")]), Vec::<String>::new());
        assert_eq!(users(&[("ann", "APPROVED"), ("ann", "DISMISSED")]), Vec::<String>::new());
    }

    #[test]
    fn a_remark_leaves_an_approval_as_it_is() {
        assert_eq!(users(&[("ann", "APPROVED"), ("ann", "COMMENTED"), ("ann", "PENDING")]), ["ann"]);
        assert_eq!(users(&[("ann", "COMMENTED")]), Vec::<String>::new());
    }

    #[test]
    fn a_deleted_account_approves_nothing() {
        let review = serde_json::from_value(json!({"user": null, "state": "APPROVED", "commit_id": "c"})).unwrap();
        assert_eq!(standing(vec![review]), []);
    }
}

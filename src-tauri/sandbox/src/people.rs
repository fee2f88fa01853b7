//! Owns the pretend people and their workspaces. They never change, so no table holds them.

/// Somebody who can sign in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// The number on the approval page.
    pub(crate) number: u8,
    /// The `sub` of the id token.
    pub(crate) subject: &'static str,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    /// As the approval page offers them.
    pub(crate) description: &'static str,
}

/// A tenant of the service.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Workspace {
    pub(crate) tenant_id: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) organization_id: Option<&'static str>,
}

pub(crate) static PEOPLE: [Person; 2] = [
    Person {
        number: 1,
        subject: "user_pretend_1",
        name: "Pretend person 1",
        email: "person1@sandbox.example",
        description: "Pretend person 1, owner of both workspaces",
    },
    Person {
        number: 2,
        subject: "user_pretend_2",
        name: "Pretend person 2",
        email: "person2@sandbox.example",
        description: "Pretend person 2, member of Acme team",
    },
];

pub(crate) static PERSONAL: Workspace = Workspace {
    tenant_id: "11111111-1111-4111-8111-111111111111",
    kind: "personal",
    slug: "personal",
    name: "Personal",
    organization_id: None,
};

pub(crate) static ACME: Workspace = Workspace {
    tenant_id: "22222222-2222-4222-8222-222222222222",
    kind: "organization",
    slug: "acme-team",
    name: "Acme team",
    organization_id: Some("org_pretend_acme"),
};

/// What a person may do in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Owner,
    Member,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
        }
    }
}

impl Person {
    pub(crate) fn by_number(number: u8) -> Option<&'static Self> {
        PEOPLE.iter().find(|person| person.number == number)
    }

    /// Their workspaces, the default one first.
    pub(crate) fn workspaces(&self) -> &'static [(&'static Workspace, Role)] {
        static OWNER: [(&Workspace, Role); 2] = [(&PERSONAL, Role::Owner), (&ACME, Role::Owner)];
        static MEMBER: [(&Workspace, Role); 1] = [(&ACME, Role::Member)];
        if self.number == 1 { &OWNER } else { &MEMBER }
    }

    pub(crate) fn role_in(&self, workspace: &Workspace) -> Option<Role> {
        self.workspaces().iter().find(|(one, _)| *one == workspace).map(|(_, role)| *role)
    }
}

impl Workspace {
    pub(crate) fn by_tenant_id(tenant_id: &str) -> Option<&'static Self> {
        [&PERSONAL, &ACME].into_iter().find(|workspace| workspace.tenant_id == tenant_id)
    }
}

// Made by `npm run generate` from the OpenAPI document of the server.

export interface paths {
    "/api/v1/admin/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the groups */
        get: operations["listGroups"];
        put?: never;
        /** Create a group */
        post: operations["createGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/groups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a group */
        get: operations["getGroup"];
        put?: never;
        post?: never;
        /**
         * Delete a group
         * @description Its limits go with it. Its members stay users.
         */
        delete: operations["deleteGroup"];
        options?: never;
        head?: never;
        /**
         * Change a group
         * @description In force on all nodes at once; jobs that wait already keep the weight they came with.
         */
        patch: operations["updateGroup"];
        trace?: never;
    };
    "/api/v1/admin/groups/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the members of a group */
        get: operations["listGroupMembers"];
        put?: never;
        /**
         * Put users into a group
         * @description Those who belong to it already stay.
         */
        post: operations["addGroupMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/groups/{id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a user out of a group */
        delete: operations["removeGroupMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all limits
         * @description A run needs room in each bucket that it is charged to: its user's, its API key's, each of the user's groups' and
         *     its model's. Nothing is limited until it is set here.
         */
        get: operations["listLimits"];
        put?: never;
        /**
         * Set the limits of somebody or something
         * @description In force on all nodes at once. What was used before in the same day or month counts.
         */
        post: operations["setLimits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/limits/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete limits */
        delete: operations["deleteLimits"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/model-cards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all models with what admins have set
         * @description Hidden ones too, in the order of their ids.
         */
        get: operations["listModelCards"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what is said of a model
         * @description In force on all nodes at once. Answers that are being written keep what they began with.
         */
        patch: operations["updateModelCard"];
        trace?: never;
    };
    "/api/v1/admin/model-terms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List models with their prices and caps
         * @description Those that are offered, and those that have a price or a cap; by name.
         */
        get: operations["listModelTerms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/model-terms/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change prices and cap of a model
         * @description A price counts for runs that end from now on, a cap for all that have not begun.
         */
        patch: operations["updateModelTerms"];
        trace?: never;
    };
    "/api/v1/admin/processes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the running processes
         * @description By name. One that has died is gone after ten seconds.
         */
        get: operations["listProcesses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the queues
         * @description One for each pool. An API key with the scope `monitor` is enough, so an autoscaler can read it: `demand` of a
         *     pool, divided by the slots of one worker, is the number of workers that it needs.
         */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/{pool}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a queue
         * @description Flat numbers, for autoscalers such as KEDA's `metrics-api` scaler.
         */
        get: operations["getQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/{pool}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the dead letters of a queue
         * @description Jobs that were put aside because they failed too often, killed their worker, or could not be read. The newest
         *     first.
         */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/{pool}/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a dead letter */
        get: operations["getDeadLetter"];
        put?: never;
        post?: never;
        /** Throw a dead letter away */
        delete: operations["discardDeadLetter"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/{pool}/dead-letters/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queue a dead letter again */
        post: operations["replayDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/{pool}/dead-letters/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Throw dead letters away */
        post: operations["discardDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/{pool}/dead-letters/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Queue dead letters again
         * @description As if they had never failed. A run that was given up because its workers died is begun anew.
         */
        post: operations["replayDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/queues/{pool}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the jobs of a queue
         * @description Dead ones with the newest first, all others with the oldest first. They move while they are read.
         */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the settings */
        get: operations["getSettings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change settings
         * @description In force on all nodes at once.
         */
        patch: operations["updateSettings"];
        trace?: never;
    };
    "/api/v1/admin/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report what was used
         * @description The largest cost first, then the most tokens. By group, a user counts in each of the own groups.
         */
        get: operations["reportUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description The oldest first.
         */
        get: operations["listUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a user
         * @description In force on all nodes at once. 409 `last_admin`: somebody has to stay admin.
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the own API keys
         * @description The newest first.
         */
        get: operations["listApiKeys"];
        put?: never;
        /** Create an API key */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description It is refused on all nodes from now on.
         */
        delete: operations["deleteApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refresh a token
         * @description Takes a sign-in token, also one that has expired, for as long as its session lives, and lets the session live on.
         */
        post: operations["refreshToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description 401 `invalid_credentials` when the address or the password is wrong; 429 `too_many_attempts` with `Retry-After`
         *     after too many attempts on one account or from one address.
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out
         * @description Ends the session on all nodes and takes the cookie away.
         */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sign-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign up
         * @description The first user of an installation becomes its admin. Later ones are approved by an admin, let in at once, or
         *     refused (403 `sign_up_closed`), as the setting `sign_up` says. A user who waits for approval gets a token too;
         *     everything but `/me` and sign-out answers 403 `account_pending` until then. 409 `email_taken`: there is such an
         *     account.
         */
        post: operations["signUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the own chats, last used first */
        get: operations["listChats"];
        put?: never;
        /** Create a chat */
        post: operations["createChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a chat */
        get: operations["getChat"];
        put?: never;
        post?: never;
        /**
         * Delete a chat and its messages
         * @description Answers that are being written are stopped.
         */
        delete: operations["deleteChat"];
        options?: never;
        head?: never;
        /** Change a chat: title, model, active branch, and where it is kept */
        patch: operations["updateChat"];
        trace?: never;
    };
    "/api/v1/chats/{id}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Copy a chat
         * @description The whole tree of messages, or one branch of it. Answers that are being written are copied as far as they are
         *     stored.
         */
        post: operations["duplicateChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export a chat */
        get: operations["exportChat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages of a branch
         * @description The last messages of the active branch, oldest first. `next` leads to the ones before.
         */
        get: operations["listMessages"];
        put?: never;
        /**
         * Send a message
         * @description The message and an empty answer are kept, and a model is asked. A repeat with the same `Idempotency-Key` gets
         *     the same answer and asks nobody. With `Accept: text/event-stream` (and not `application/json`) the answer is the
         *     stream itself.
         *
         *     With `when_running: "queue"` a message that comes while the answer before it is being written waits: the answer
         *     is a 202 with `state: "waiting"` then. It starts by itself, as the user message of the same id.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{id}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the links to a chat, newest first */
        get: operations["listSharesOfChat"];
        put?: never;
        /**
         * Share a chat by a link
         * @description The link shows the active branch as it is now. Whoever has it can read it: anybody, or only people who are signed
         *     in here, as the admins have set it.
         */
        post: operations["shareChat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/{id}/waiting-messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages that wait in a chat
         * @description In the order in which they will start. The event `waiting_changed` of the own topic says when to look again.
         */
        get: operations["listWaitingMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export all own chats
         * @description Archived ones too. The answer comes as it is read: one that breaks off is not whole.
         */
        get: operations["exportChats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/chats/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search the own chats, last used first
         * @description Finds chats whose title, or one of whose messages, has all of the words. A word stands for all that begin with it.
         */
        get: operations["searchChats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the collections, newest first
         * @description The own ones, and those that are shared with the caller's groups.
         */
        get: operations["listCollections"];
        put?: never;
        /** Create a collection */
        post: operations["createCollection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a collection */
        get: operations["getCollection"];
        put?: never;
        post?: never;
        /**
         * Delete a collection
         * @description Its files stay.
         */
        delete: operations["deleteCollection"];
        options?: never;
        head?: never;
        /** Change a collection's name or description */
        patch: operations["updateCollection"];
        trace?: never;
    };
    "/api/v1/collections/{id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the files of a collection, newest first */
        get: operations["listCollectionFiles"];
        put?: never;
        /** Put a file into a collection */
        post: operations["addCollectionFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections/{id}/files/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a file out of a collection
         * @description The file itself stays.
         */
        delete: operations["removeCollectionFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections/{id}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search a collection
         * @description The passages of its files that fit a question best.
         */
        post: operations["searchCollection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections/{id}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the groups that a collection is shared with */
        get: operations["listCollectionShares"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/collections/{id}/shares/{group_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Share a collection with a group
         * @description Its members see it and can read every file that is in it, for as long as they belong to the group. Again with
         *     another `access` changes what they may.
         */
        put: operations["shareCollection"];
        post?: never;
        /** Take a collection back from a group */
        delete: operations["unshareCollection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the connections */
        get: operations["listConnections"];
        put?: never;
        /**
         * Connect a provider
         * @description Its models are looked up at once. A provider that does not answer is kept, and `status` says why.
         */
        post: operations["createConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a connection */
        get: operations["getConnection"];
        put?: never;
        post?: never;
        /**
         * Delete a connection
         * @description Its models can no longer be asked for. Chats and answers stay.
         */
        delete: operations["deleteConnection"];
        options?: never;
        head?: never;
        /** Change a connection */
        patch: operations["updateConnection"];
        trace?: never;
    };
    "/api/v1/connections/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask a provider for its models now */
        post: operations["testConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow the own chats
         * @description `chat_created`, `chat_updated`, `chat_deleted`, `folders_changed`, `import_changed`, `generation_started`,
         *     `generation_ended`, `waiting_changed`; `resync` when something may have been missed: load the list again.
         */
        get: operations["followUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the own files, newest first */
        get: operations["listFiles"];
        put?: never;
        /**
         * Upload a file
         * @description As the part `file` of a form. It is stored while it arrives; its text is read afterwards. Content that is there
         *     already is not kept twice: the answer is then the file that has it.
         */
        post: operations["uploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a file's state
         * @description Of the own files, and of those in collections that are shared with the caller.
         */
        get: operations["getFile"];
        put?: never;
        post?: never;
        /**
         * Delete a file
         * @description Its bytes, passages and vectors go with it.
         */
        delete: operations["deleteFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file
         * @description Whole, or one range of bytes. Instead of a token, the `expires` and `signature` of an address from
         *     `createFileLink` open it.
         */
        get: operations["downloadFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a short-lived address of a file */
        post: operations["createFileLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/passages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the passages of a file
         * @description What was read of it, in its order.
         */
        get: operations["listFilePassages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read a file that has failed again */
        post: operations["retryFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/{id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a small picture of a picture
         * @description Of PNG, JPEG and WebP, once the file has been looked at. Like the file itself, an address from `createFileLink`
         *     opens it.
         */
        get: operations["getFileThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/files/from-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add a web page as a file
         * @description It is fetched and read in the background; why that failed is told by `error`, and `retryFile` fetches it again.
         */
        post: operations["addWebPage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/folders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the own folders */
        get: operations["listFolders"];
        put?: never;
        /** Create a folder */
        post: operations["createFolder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/folders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a folder
         * @description Its chats stay and are in no folder then; folders in it come out of it.
         */
        delete: operations["deleteFolder"];
        options?: never;
        head?: never;
        /** Rename a folder, or move it */
        patch: operations["updateFolder"];
        trace?: never;
    };
    "/api/v1/generations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a run */
        get: operations["getGeneration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a run
         * @description The text so far stays. Stopping what has ended changes nothing.
         */
        post: operations["cancelGeneration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/generations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a run
         * @description Every event has the id `<attempt>-<seq>`; whoever comes back with the last one, on any node, gets the rest. A
         *     stream that ends without `completed`, `failed` or `cancelled` was cut: connect again.
         */
        get: operations["followGeneration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the groups to share with
         * @description Those that the caller belongs to; all of them for an admin.
         */
        get: operations["listOwnGroups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the own imports, newest first */
        get: operations["listImports"];
        put?: never;
        /**
         * Upload a file of chats
         * @description An export of Skein, of Open WebUI, or of ChatGPT (its zip, or the `conversations.json` in it). It is read through,
         *     and then it says what would come of it; nothing is imported before `startImport`.
         */
        post: operations["uploadImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an import */
        get: operations["getImport"];
        put?: never;
        post?: never;
        /**
         * Delete an import and its file
         * @description One that is under way stops. Chats that it has brought stay.
         */
        delete: operations["deleteImport"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import what was read through
         * @description Chats that are here already are passed over, so doing it twice doubles nothing.
         */
        post: operations["startImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get facts about this installation */
        get: operations["getInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the own profile */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the own profile */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the own password
         * @description Ends all other sessions of the user.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See what you have used and what is left */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a message and all that follows it
         * @description On every branch below it. When the active branch went through it, another version of the message becomes
         *     active, or else the message before.
         */
        delete: operations["deleteMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{id}/continue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a stopped or cut answer go on
         * @description The events of the new run hold only the new text.
         */
        post: operations["continueMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{id}/rating": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Say what an answer was worth */
        put: operations["rateMessage"];
        post?: never;
        /** Take a rating back */
        delete: operations["unrateMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{id}/regenerate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an answer again
         * @description The new answer stands beside the old one and becomes the active branch.
         */
        post: operations["regenerateMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the models
         * @description From the cached catalogue: a provider that is down does not slow this.
         */
        get: operations["listModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/picture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the picture of a model */
        get: operations["getModelPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the prompts that the caller may use
         * @description The own ones and those that admins share, in the order of their commands.
         */
        get: operations["listPrompts"];
        put?: never;
        /** Keep a prompt */
        post: operations["createPrompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prompts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a prompt */
        get: operations["getPrompt"];
        put?: never;
        post?: never;
        /** Delete a prompt */
        delete: operations["deletePrompt"];
        options?: never;
        head?: never;
        /**
         * Change a prompt
         * @description An own one; admins also change shared ones.
         */
        patch: operations["updatePrompt"];
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the own sessions
         * @description The newest first.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session
         * @description Its tokens are refused on all nodes from now on.
         */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shared/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a link
         * @description Takes the last part of the link's address. Nobody has to be signed in where the admins allow that.
         */
        get: operations["openShare"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shared/{token}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the messages behind a link, from the beginning on */
        get: operations["listSharedMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List all own links, newest first */
        get: operations["listShares"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/shares/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a link back
         * @description From now on it leads nowhere.
         */
        delete: operations["revokeShare"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the tags of the own chats */
        get: operations["listTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/waiting-messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a message back that waits
         * @description 409 `already_started` when its turn has come.
         */
        delete: operations["deleteWaitingMessage"];
        options?: never;
        head?: never;
        /**
         * Change a message that waits
         * @description Its place stays. 409 `already_started` when its turn has come.
         */
        patch: operations["updateWaitingMessage"];
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check that the process runs */
        get: operations["checkLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check that the node can serve
         * @description 503 names the parts that are missing. A node that shuts down is not ready from its first moment on.
         */
        get: operations["checkReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the figures of this process
         * @description In the text format of Prometheus. Keep this address from the outside at the proxy.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete a chat in OpenAI's form
         * @description Whole or, with `"stream": true`, as server-sent events. Closing the connection stops the model.
         */
        post: operations["createChatCompletion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embeddings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make embeddings in OpenAI's form */
        post: operations["createEmbedding"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the own files in OpenAI's form */
        get: operations["listOpenAiFiles"];
        put?: never;
        /** Upload a file in OpenAI's form */
        post: operations["createOpenAiFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a file in OpenAI's form */
        get: operations["getOpenAiFile"];
        put?: never;
        post?: never;
        /** Delete a file in OpenAI's form */
        delete: operations["deleteOpenAiFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files/{id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a file in OpenAI's form */
        get: operations["downloadOpenAiFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the models in OpenAI's form */
        get: operations["listOpenAiModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a model in OpenAI's form */
        get: operations["getOpenAiModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a response in OpenAI's form
         * @description Every request brings its whole conversation: nothing is kept to go on from.
         */
        post: operations["createResponse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vector_stores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the own and the shared vector stores in OpenAI's form */
        get: operations["listVectorStores"];
        put?: never;
        /**
         * Create a vector store in OpenAI's form
         * @description It is a collection.
         */
        post: operations["createVectorStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vector_stores/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a vector store in OpenAI's form */
        get: operations["getVectorStore"];
        put?: never;
        post?: never;
        /** Delete a vector store in OpenAI's form */
        delete: operations["deleteVectorStore"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vector_stores/{id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the files of a vector store in OpenAI's form */
        get: operations["listVectorStoreFiles"];
        put?: never;
        /** Put a file into a vector store in OpenAI's form */
        post: operations["createVectorStoreFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vector_stores/{id}/files/{file_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a file of a vector store in OpenAI's form */
        get: operations["getVectorStoreFile"];
        put?: never;
        post?: never;
        /** Take a file out of a vector store in OpenAI's form */
        delete: operations["deleteVectorStoreFile"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/vector_stores/{id}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Search a vector store in OpenAI's form */
        post: operations["searchVectorStore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Accepted
         * @description What was accepted. It will be answered even if this client never comes back.
         */
        Accepted: {
            assistant_message: components["schemas"]["Message"];
            /** @description Where the answer can be followed. */
            events_url: string;
            generation: components["schemas"]["Generation"];
            /** @description The answers of `others`; each message names its generation. */
            others: components["schemas"]["Message"][];
            /** @description Absent when an answer was made again or goes on. */
            user_message?: ((components["schemas"]["Message"] & unknown) | null) | null;
        };
        /** AddFile */
        AddFile: {
            /**
             * Format: uuid
             * @description One of the own files.
             */
            file_id: string;
        };
        /**
         * Allowance
         * @description One limit that counts for the caller. Days and months are those of UTC.
         */
        Allowance: {
            bucket: components["schemas"]["LimitBucket"];
            /**
             * Format: double
             * @description Requests, tokens, or money in the currency.
             */
            limit: number;
            measure: components["schemas"]["LimitMeasure"];
            /** @description The name of the group, API key or model; null for the user's own. */
            name?: (string | null) | null;
            /** Format: double */
            remaining: number;
            /**
             * Format: date-time
             * @description When all of it is there again.
             * @example 2026-01-31T12:00:00.000Z
             */
            resets_at: string;
            /**
             * Format: double
             * @description With what runs hold that have not ended.
             */
            used: number;
        };
        /**
         * ApiKey
         * @description A key. Only its beginning is known after it was made.
         */
        ApiKey: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** @description When it ends; null: never. */
            expires_at?: (string | null) | null;
            /** Format: uuid */
            id: string;
            /** @description Right to five minutes; null: never. */
            last_used_at?: (string | null) | null;
            name: string;
            /** @description How the key begins, to recognise it by. */
            prefix: string;
            scopes: components["schemas"]["Scope"][];
        };
        /**
         * Chat
         * @description A conversation.
         */
        Chat: {
            /** @description Put away: listed only where archived chats are asked for. */
            archived: boolean;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** @description The leaf of the active branch. */
            current_message_id?: (string | null) | null;
            /** @description The folder that it lies in. */
            folder_id?: (string | null) | null;
            /** Format: uuid */
            id: string;
            /** @description The model of the last message; the next one goes there unless it names another. */
            model?: (string | null) | null;
            pinned: boolean;
            /** @description In small letters, in the order of the alphabet. */
            tags: string[];
            /** @description In no list, search, export or link, without a name, and deleted 24 hours after its last message. */
            temporary: boolean;
            /** @description Empty until the first message; then its first words, then what a model called it. */
            title: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
        };
        /**
         * ChatChange
         * @description What changes; what is absent stays.
         */
        ChatChange: {
            /** @description A chat that is archived is no longer pinned. */
            archived?: (boolean | null) | null;
            /** @description Makes the branch of this message the active one, down to its newest leaf. */
            current_message_id?: (string | null) | null;
            /** @description An own folder; `null` takes the chat out of the one that it is in. */
            folder_id?: (string | null) | null;
            model?: (string | null) | null;
            /** @description A chat that is pinned is no longer archived. */
            pinned?: (boolean | null) | null;
            /** @description All tags that it is to have, 20 at most. */
            tags?: (string[] | null) | null;
            title?: (string | null) | null;
        };
        /**
         * ChatCompletion
         * @description A chat completion in OpenAI's form. What a model thought is in `reasoning_content` of its message.
         */
        ChatCompletion: {
            /** @description One: `{index, message, finish_reason}`. */
            choices: unknown[];
            /**
             * Format: int64
             * @description Unix time in seconds.
             */
            created: number;
            id: string;
            model: string;
            /** @description `chat.completion`. */
            object: string;
            usage: components["schemas"]["TokenUsage"];
        };
        /**
         * ChatCompletionRequest
         * @description A request for a chat completion in OpenAI's form. Parameters that are not named here go to the model's provider as
         *     they are.
         */
        ChatCompletionRequest: {
            max_completion_tokens?: (number | null) | null;
            max_tokens?: (number | null) | null;
            /** @description The conversation: objects with `role` and `content` (text, or parts of type `text` and `image_url`). */
            messages: unknown[];
            model: string;
            /** @description 1, if anything. */
            n?: (number | null) | null;
            reasoning_effort?: (string | null) | null;
            /** @description `json_object`, or `json_schema` with a schema. */
            response_format?: unknown | null;
            seed?: (number | null) | null;
            /** @description A text, or up to four, that end the answer. */
            stop?: unknown | null;
            stream?: (boolean | null) | null;
            /** @description `{"include_usage": true}` asks for a last chunk with the usage. */
            stream_options?: unknown | null;
            temperature?: (number | null) | null;
            tool_choice?: unknown | null;
            /** @description Functions that the model may call. */
            tools?: (unknown[] | null) | null;
            top_p?: (number | null) | null;
        };
        /**
         * ChatHit
         * @description A message that was found.
         */
        ChatHit: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** @description One line around the first of the words. */
            excerpt: components["schemas"]["TextPart"][];
            /** Format: uuid */
            message_id: string;
            /** @description `user`, `assistant`, `system` or `tool`. */
            role: string;
        };
        /**
         * ChatTag
         * @description A tag and how many chats have it.
         */
        ChatTag: {
            /** Format: uint64 */
            chats: number;
            name: string;
        };
        /**
         * Citation
         * @description A passage that an answer was given.
         */
        Citation: {
            /** Format: uuid */
            file_id: string;
            file_name: string;
            /**
             * Format: int32
             * @description Where it begins, in characters of its page, or of the text where there are no pages.
             */
            from: number;
            /** @description The headings above it, outermost first. */
            heading?: (string | null) | null;
            /**
             * Format: uint32
             * @description The number in brackets by which the answer names it.
             */
            number: number;
            /** @description Counted from 1; absent where the kind of file has no pages. */
            page?: (number | null) | null;
            text: string;
            /**
             * Format: int32
             * @description Where it ends.
             */
            to: number;
        };
        /**
         * Collection
         * @description A collection of files.
         */
        Collection: {
            /** @description What the caller may do with it. */
            access: components["schemas"]["CollectionAccess"] & unknown;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            description: string;
            /**
             * Format: int64
             * @description How many files are in it.
             */
            files: number;
            /** Format: uuid */
            id: string;
            name: string;
            /** @description Who has shared it with the caller; absent for an own one. */
            shared_by?: ((components["schemas"]["Sharer"] & unknown) | null) | null;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
        };
        /**
         * @description What may be done with a collection.
         * @enum {string}
         */
        CollectionAccess: "own" | "write" | "read";
        /**
         * CollectionChange
         * @description What changes; what is absent stays.
         */
        CollectionChange: {
            description?: (string | null) | null;
            name?: (string | null) | null;
        };
        /**
         * CollectionShare
         * @description A group that a collection is shared with.
         */
        CollectionShare: {
            access: components["schemas"]["ShareAccess"];
            /** Format: uuid */
            group_id: string;
            group_name: string;
        };
        /**
         * CollectionShareList
         * @description All groups that a collection is shared with, by name.
         */
        CollectionShareList: {
            items: components["schemas"]["CollectionShare"][];
        };
        /**
         * Connection
         * @description A model provider.
         */
        Connection: {
            /** @description The provider's ids that may be used; all when absent. */
            allow_models?: (string[] | null) | null;
            base_url: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            enabled: boolean;
            /** @description Whether a key is kept. It is never told. */
            has_api_key: boolean;
            /** @description The names of the extra headers. Their values are never told. */
            headers: string[];
            /** Format: uuid */
            id: string;
            /** @description `openai` (any compatible server) or `ollama`. */
            kind: string;
            name: string;
            /** @description Put before the provider's ids. */
            prefix: string;
            /** @description How the last look at its models went. */
            status?: ((components["schemas"]["ConnectionStatus"] & unknown) | null) | null;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
        };
        /**
         * ConnectionChange
         * @description What changes; what is absent stays, `null` takes a value away.
         */
        ConnectionChange: {
            allow_models?: (string[] | null) | null;
            api_key?: (string | null) | null;
            base_url?: (string | null) | null;
            enabled?: (boolean | null) | null;
            headers?: ({
                [key: string]: string;
            } | null) | null;
            name?: (string | null) | null;
            prefix?: (string | null) | null;
        };
        /** @enum {string} */
        ConnectionKind: "openai" | "ollama";
        /** ConnectionNew */
        ConnectionNew: {
            allow_models?: (string[] | null) | null;
            api_key?: (string | null) | null;
            /** @description With or without a version at its end, like `https://api.example.com/v1`. */
            base_url: string;
            enabled?: (boolean | null) | null;
            headers?: ({
                [key: string]: string;
            } | null) | null;
            kind: components["schemas"]["ConnectionKind"];
            name: string;
            prefix?: (string | null) | null;
        };
        /** ConnectionStatus */
        ConnectionStatus: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            checked_at: string;
            error?: (components["schemas"]["ProviderError"] | null) | null;
            /** Format: uint32 */
            models: number;
            ok: boolean;
        };
        /**
         * Continue
         * @description Nothing can be chosen yet.
         */
        Continue: Record<string, never>;
        /**
         * CreatedApiKey
         * @description A key at the only moment when it is whole.
         */
        CreatedApiKey: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** @description When it ends; null: never. */
            expires_at?: (string | null) | null;
            /** Format: uuid */
            id: string;
            /** @description The key. It is shown this once. */
            key: string;
            name: string;
            /** @description How the key begins, to recognise it by. */
            prefix: string;
            scopes: components["schemas"]["Scope"][];
        };
        /**
         * DeadLetters
         * @description Which dead letters.
         */
        DeadLetters: {
            /** @description All that are there now. */
            all?: (boolean | null) | null;
            /** @description These. Those that are gone already do no harm. */
            ids?: (string[] | null) | null;
        };
        /** Duplicate */
        Duplicate: {
            /** @description Copies only the branch from the root to this message; the whole tree when absent. */
            message_id?: (string | null) | null;
            /** @description The title of the copy; the one of the chat when absent. */
            title?: (string | null) | null;
        };
        /**
         * EmbeddingList
         * @description Embeddings in OpenAI's form.
         */
        EmbeddingList: {
            /** @description One for each text, in their order: `{object, index, embedding}`. */
            data: unknown[];
            model: string;
            /** @description `list`. */
            object: string;
            /** @description `{prompt_tokens, total_tokens}`. */
            usage: unknown;
        };
        /**
         * EmbeddingRequest
         * @description A request for embeddings in OpenAI's form.
         */
        EmbeddingRequest: {
            dimensions?: (number | null) | null;
            /** @description `float` or `base64`. */
            encoding_format?: (string | null) | null;
            /** @description A text or a list of texts. Tokens are not taken. */
            input: unknown;
            model: string;
        };
        /**
         * @description `json` can be imported again; `markdown` is for reading and has the active branch of each chat.
         * @enum {string}
         */
        ExportForm: "json" | "markdown";
        /**
         * FieldProblem
         * @description What is wrong with one field of a request.
         */
        FieldProblem: {
            /** @description Name of the field or parameter. */
            field: string;
            /** @description What is wrong with it. */
            message: string;
        };
        /**
         * File
         * @description An uploaded file.
         */
        File: {
            /** Format: int64 */
            bytes: number;
            /** @description Passages that it was cut into. */
            chunks?: (number | null) | null;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            error?: (components["schemas"]["FileError"] | null) | null;
            /** Format: uuid */
            id: string;
            /** @description By its content. */
            media_type: string;
            name: string;
            /** @description What should be known of it although it was read, such as pages that are pictures. */
            notice?: (string | null) | null;
            pages?: (number | null) | null;
            /**
             * Format: int32
             * @description Per cent of this state.
             */
            progress: number;
            /** @description Whether searches find what is in it. Vectors may still follow. */
            searchable: boolean;
            state: components["schemas"]["FileState"];
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
            /** @description Where it was fetched from; absent if it was uploaded. */
            url?: (string | null) | null;
        };
        /**
         * FileError
         * @description Why a file could not be read.
         */
        FileError: {
            /** @description Stable, for programs. */
            code: string;
            /** @description For people. */
            message: string;
        };
        /**
         * FileLink
         * @description A short-lived address of a file.
         */
        FileLink: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            expires_at: string;
            /** @description Opens the file without signing in: give it to nobody who should not read it. */
            url: string;
        };
        /**
         * FilePassage
         * @description A passage of a file.
         */
        FilePassage: {
            /**
             * Format: int32
             * @description Where it begins, in characters of its page, or of the text where there are no pages.
             */
            from: number;
            /** @description The headings above it, outermost first. */
            heading: string;
            /**
             * Format: int32
             * @description Its place in the file, from 0.
             */
            ordinal: number;
            /** @description Counted from 1; absent where the kind of file has no pages. */
            page?: (number | null) | null;
            text: string;
            /**
             * Format: int32
             * @description Where it ends.
             */
            to: number;
        };
        /**
         * @description How far a file has come.
         * @enum {string}
         */
        FileState: "uploaded" | "extracting" | "chunking" | "embedding" | "ready" | "failed";
        /**
         * Folder
         * @description A place for chats. A folder that lies in another holds no folders.
         */
        Folder: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** Format: uuid */
            id: string;
            name: string;
            /** @description The folder that it lies in. */
            parent_id?: (string | null) | null;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
        };
        /**
         * FolderChange
         * @description What changes; what is absent stays.
         */
        FolderChange: {
            name?: (string | null) | null;
            /** @description `null` takes it out of the folder that it lies in. */
            parent_id?: (string | null) | null;
        };
        /**
         * FoundChat
         * @description A chat that was found.
         */
        FoundChat: {
            chat: components["schemas"]["Chat"];
            /** @description Up to three messages that have all of the words, newest first. None when the title alone has them. */
            hits: components["schemas"]["ChatHit"][];
            title: components["schemas"]["TextPart"][];
        };
        /**
         * Generation
         * @description One run that makes an assistant message.
         */
        Generation: {
            /**
             * Format: int32
             * @description How often a worker has begun it.
             */
            attempt: number;
            chat_id?: (string | null) | null;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            ended_at?: (string | null) | null;
            /** @description Why it failed. */
            error?: ((components["schemas"]["GenerationError"] & unknown) | null) | null;
            finish_reason?: (string | null) | null;
            /** Format: uuid */
            id: string;
            message_id?: (string | null) | null;
            model: string;
            started_at?: (string | null) | null;
            state: components["schemas"]["GenerationState"];
            usage?: (components["schemas"]["Usage"] | null) | null;
        };
        /** GenerationError */
        GenerationError: {
            /** @description Stable, for programs. */
            code: string;
            /** @description For people. */
            message: string;
        };
        /** @enum {string} */
        GenerationState: "queued" | "running" | "completed" | "failed" | "cancelled";
        /**
         * Group
         * @description A group of users.
         */
        Group: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: uint64
             * @description How many users belong to it.
             */
            members: number;
            name: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
            /**
             * Format: uint32
             * @description Turns in the queue that a member gets for one of somebody with weight 1. Who is in several groups has the largest.
             */
            weight: number;
        };
        /**
         * GroupChange
         * @description What to change of a group; what is absent stays.
         */
        GroupChange: {
            /** @description 1 to 200 characters, another than those of all other groups. */
            name?: (string | null) | null;
            /** @description 1 to 100. */
            weight?: (number | null) | null;
        };
        /**
         * GroupName
         * @description A group by its name.
         */
        GroupName: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /**
         * Import
         * @description A file of chats on its way in.
         */
        Import: {
            /** Format: uint64 */
            bytes: number;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            error?: (components["schemas"]["ImportError"] | null) | null;
            file_name: string;
            /** Format: uuid */
            id: string;
            report?: (components["schemas"]["ImportReport"] | null) | null;
            /**
             * Format: uint32
             * @description Chats of the file that the work under way has come past.
             */
            seen: number;
            state: components["schemas"]["ImportState"];
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
        };
        /**
         * ImportError
         * @description Why an import failed.
         */
        ImportError: {
            /** @description Stable, for programs. */
            code: string;
            message: string;
        };
        /**
         * ImportProblem
         * @description Something that could not be taken as it is. The rest came all the same.
         */
        ImportProblem: {
            /**
             * @description `broken_chat`, `chat_too_large`, `chat_too_long`, `empty_chat`, `truncated`, `orphan`, `cycle`,
             *     `duplicate_message`, `message_cut`, `file_missing`, `unfinished`, `left_out`.
             */
            code: string;
            /** Format: uint32 */
            count: number;
            /** @description Titles of chats that have it, the first few. */
            examples: string[];
        };
        /**
         * ImportReport
         * @description The file in figures: before the import what would come, afterwards what came.
         */
        ImportReport: {
            /**
             * Format: uint32
             * @description Chats that are here already.
             */
            already: number;
            /**
             * Format: uint32
             * @description Chats that are new.
             */
            chats: number;
            /**
             * Format: uint32
             * @description Messages of the new chats.
             */
            messages: number;
            problems: components["schemas"]["ImportProblem"][];
            /** @description `skein`, `open_webui` or `chatgpt`; absent when there is no chat. */
            source?: (string | null) | null;
        };
        /**
         * @description How far an import is.
         * @enum {string}
         */
        ImportState: "reading" | "ready" | "importing" | "completed" | "failed";
        /**
         * Info
         * @description Facts about this installation.
         * @example {
         *       "has_users": true,
         *       "public_shares": false,
         *       "sign_up": "pending",
         *       "version": "0.1.0"
         *     }
         */
        Info: {
            /** @description False until the first user, who becomes admin, has signed up. */
            has_users: boolean;
            /** @description Whether the link to a shared chat opens for people who are not signed in. */
            public_shares: boolean;
            /** @description Who may sign up. */
            sign_up: components["schemas"]["SignUpRule"] & unknown;
            /** @description Version of the server. */
            version: string;
        };
        /**
         * JobFailure
         * @description One failure of a job.
         */
        JobFailure: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            at: string;
            code: string;
            message: string;
        };
        /** @enum {string} */
        JobState: "waiting" | "scheduled" | "running" | "dead";
        /**
         * @description What is shared by those who use it up.
         * @enum {string}
         */
        LimitBucket: "user" | "api_key" | "group" | "model";
        /**
         * @description What is limited.
         * @enum {string}
         */
        LimitMeasure: "requests_per_minute" | "tokens_per_day" | "budget_per_day" | "budget_per_month";
        /**
         * Limits
         * @description The limits of somebody or something. A value that is null limits nothing.
         */
        Limits: {
            /** @description In the currency of the settings. Days and months are those of UTC. */
            budget_per_day?: (number | null) | null;
            budget_per_month?: (number | null) | null;
            /** Format: uuid */
            id: string;
            /** @description The user's address, or the name of the group, key or model; empty when it is gone. */
            name: string;
            requests_per_minute?: (number | null) | null;
            scope: components["schemas"]["LimitScope"];
            /** @description Of files that are kept; for users and groups. What a group keeps is what its members keep. */
            storage_bytes?: (number | null) | null;
            /** @description The id of a user, group or API key, or the name of a model; empty for everyone. */
            subject: string;
            tokens_per_day?: (number | null) | null;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
        };
        /**
         * @description Whom limits are for.
         * @enum {string}
         */
        LimitScope: "everyone" | "user" | "member" | "group" | "api_key" | "model";
        /**
         * Liveness
         * @description The process runs.
         */
        Liveness: {
            /** @description Always `live`. */
            status: string;
        };
        /**
         * Message
         * @description One message of a chat.
         */
        Message: {
            /** Format: uuid */
            chat_id: string;
            /** @description The passages that an answer was given: `[1]` in its text is the first. */
            citations?: (components["schemas"]["Citation"][] | null) | null;
            /** @description Empty while an answer is being written: follow its generation. */
            content: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** @description `stop`, `length`, `tool_calls`, `content_filter` or a word of the provider's. */
            finish_reason?: (string | null) | null;
            /** @description The newest run that made or continued this message. */
            generation?: ((components["schemas"]["Generation"] & unknown) | null) | null;
            /** Format: uuid */
            id: string;
            /** @description Addresses of images, mostly data URLs. */
            images: string[];
            model?: (string | null) | null;
            /** @description The message that this one answers; absent at a root. */
            parent_id?: (string | null) | null;
            /** @description What the reader thinks of this answer. */
            rating?: ((components["schemas"]["Rating"] & unknown) | null) | null;
            /** @description What the model thought before it answered, where it says so. */
            reasoning?: (string | null) | null;
            /** @description `system`, `user`, `assistant` or `tool`. */
            role: string;
            /** @description The ids of all messages with the same parent, oldest first, this one among them. */
            siblings: string[];
            /** @description What the answer to this message may draw on. */
            sources?: ((components["schemas"]["MessageSources"] & unknown) | null) | null;
            /** @description Those of `siblings` that belong to one turn, when several models were asked at once; empty otherwise. */
            together: string[];
            /** @description Tool calls in OpenAI's form. */
            tool_calls?: (unknown[] | null) | null;
        };
        /**
         * MessageSources
         * @description What an answer may draw on.
         */
        MessageSources: {
            /** @description Collections. */
            collections: string[];
            /** @description Single files. */
            files: string[];
        };
        /**
         * ModelCard
         * @description A model with what admins have set.
         */
        ModelCard: {
            /** @description The name of the connection; absent for the built-in model. */
            connection?: (string | null) | null;
            /** @description A line that helps to choose. */
            description?: (string | null) | null;
            /** @description Shown in place of the id. */
            display_name?: (string | null) | null;
            /** @description What a request names as `model`. */
            id: string;
            /** @description Parameters of a chat completion where the chat sets none. */
            parameters?: unknown | null;
            /** @description Where its picture is, if it has one. */
            picture_url?: (string | null) | null;
            /** @description The provider's own id. */
            provider_id: string;
            /** @description What a new chat with it may begin with, in place of what the page offers. */
            starters: string[];
            /** @description Goes before the instructions of a chat. */
            system_prompt?: (string | null) | null;
            /** @description When this was last changed; absent where nothing was set. */
            updated_at?: (string | null) | null;
            visibility: components["schemas"]["ModelVisibility"];
        };
        /**
         * ModelCardChange
         * @description What changes; what is absent stays, `null` takes a setting away.
         */
        ModelCardChange: {
            description?: (string | null) | null;
            display_name?: (string | null) | null;
            /** @description The id of the model. */
            model: string;
            /** @description Parameters of a chat completion: `temperature`, `top_p`, `max_tokens`, ... */
            parameters?: unknown | null;
            /** @description A data URL of a small PNG, JPEG, WebP, GIF or AVIF image, 128 KiB at most. */
            picture?: (string | null) | null;
            /** @description At most 6 lines of 200 characters; an empty list takes them away. */
            starters?: (string[] | null) | null;
            system_prompt?: (string | null) | null;
            visibility?: ((string & components["schemas"]["ModelVisibility"]) | null) | null;
        };
        /** ModelConnection */
        ModelConnection: {
            /** Format: uuid */
            id: string;
            /** @description `openai` or `ollama`. */
            kind: string;
            name: string;
        };
        /**
         * Models
         * @description All models. There is one page: the catalogue is bounded.
         */
        Models: {
            /** @description The model that a new chat takes. */
            default?: (string | null) | null;
            items: components["schemas"]["ModelView"][];
            /** @description Always absent. */
            next?: (string | null) | null;
        };
        /**
         * ModelTerms
         * @description What holds for a model.
         */
        ModelTerms: {
            completion_price?: (number | null) | null;
            /** @description Runs at a time in all workers together; null: no bound. */
            max_running?: (number | null) | null;
            /** @description The name by which it is asked for. */
            model: string;
            /** @description Whether it can be asked for at present. */
            offered: boolean;
            /** @description For a million tokens, in the currency of the settings; null: free. */
            prompt_price?: (number | null) | null;
        };
        /**
         * ModelView
         * @description A model by the name that is asked for.
         */
        ModelView: {
            /** @description Where it comes from; absent for the built-in model. */
            connection?: ((components["schemas"]["ModelConnection"] & unknown) | null) | null;
            /** @description A line that helps to choose. */
            description?: (string | null) | null;
            /** @description What a request names as `model`. */
            id: string;
            /** @description For people. */
            name: string;
            /** @description Where its picture is, if it has one. */
            picture_url?: (string | null) | null;
            /** @description The provider's own id. */
            provider_id: string;
            /** @description What a new chat with it may begin with, as an admin has set it. */
            starters: string[];
        };
        /**
         * @description Who may ask for a model.
         * @enum {string}
         */
        ModelVisibility: "everybody" | "hidden";
        /**
         * NewApiKey
         * @description A key that is to be made.
         * @example {
         *       "expires_at": null,
         *       "name": "notebook",
         *       "scopes": [
         *         "inference"
         *       ]
         *     }
         */
        NewApiKey: {
            /** @description When it ends; never if absent. */
            expires_at?: (string | null) | null;
            /** @description What it is for: 1 to 200 characters. */
            name: string;
            /** @description What it may do; `inference` and `chats` if absent. No more than what its maker may. */
            scopes?: (components["schemas"]["Scope"][] | null) | null;
        };
        /** NewChat */
        NewChat: {
            /** @description A name from the list of models. */
            model?: (string | null) | null;
            /** @description A chat that is not kept. It has no title. */
            temporary?: (boolean | null) | null;
            title?: (string | null) | null;
        };
        /** NewCollection */
        NewCollection: {
            description?: (string | null) | null;
            name: string;
        };
        /** NewFolder */
        NewFolder: {
            name: string;
            /** @description The folder that it is to lie in. */
            parent_id?: (string | null) | null;
        };
        /**
         * NewGroup
         * @description A group that is to be made.
         */
        NewGroup: {
            /** @description 1 to 200 characters, another than those of all other groups. */
            name: string;
            /** @description 1 to 100; 1 if absent. */
            weight?: (number | null) | null;
        };
        /**
         * NewLimits
         * @description Limits to set. They replace what the subject had: a value that is absent is off.
         */
        NewLimits: {
            /** @description In the currency of the settings, with up to nine decimals. 0 allows only models without a price. */
            budget_per_day?: (number | null) | null;
            budget_per_month?: (number | null) | null;
            /** @description 1 to 1,000,000. */
            requests_per_minute?: (number | null) | null;
            scope: components["schemas"]["LimitScope"];
            /** @description Of files that are kept; not for API keys and models. 0 allows none. */
            storage_bytes?: (number | null) | null;
            /** @description The id of a user, group or API key, or the name of a model; absent for everyone. */
            subject?: (string | null) | null;
            /** @description Prompt and completion together. 0 allows nothing. */
            tokens_per_day?: (number | null) | null;
        };
        /**
         * NewMembers
         * @description Users who are to belong to a group.
         */
        NewMembers: {
            /** @description 1 to 1000 ids. */
            user_ids: string[];
        };
        /** NewPrompt */
        NewPrompt: {
            /** @description Letters, digits, `-` and `_`, 50 at most. */
            command: string;
            /** @description At most 100,000 characters. Places to fill in are written `{{name}}`. */
            content: string;
            /** @description For everybody on this server; for admins. */
            shared?: (boolean | null) | null;
            /** @description The command when absent. */
            title?: (string | null) | null;
        };
        /** NewShare */
        NewShare: {
            access: components["schemas"]["ShareAccess"];
        };
        /**
         * NewVectorStore
         * @description What a new store is made of.
         */
        NewVectorStore: {
            /** @description Files that were uploaded before. */
            file_ids?: (string[] | null) | null;
            name?: (string | null) | null;
        };
        /**
         * NewVectorStoreFile
         * @description The file to put in.
         */
        NewVectorStoreFile: {
            /** Format: uuid */
            file_id: string;
        };
        /**
         * NewWebPage
         * @description A web page that is to be a file.
         */
        NewWebPage: {
            /** @description A collection that it goes into. */
            collection_id?: (string | null) | null;
            /** @description The end of the address if absent. */
            name?: (string | null) | null;
            /**
             * @description http or https, without a user name and a password. Only what is on the public internet is fetched, and what the
             *     setting `web.allow_private` names.
             */
            url: string;
        };
        /**
         * NodePart
         * @description One part that the node needs.
         */
        NodePart: {
            /** @description Name of the part, like `database`. */
            name: string;
            /** @description Whether it answers. */
            ok: boolean;
            /** @description What is wrong with it. */
            problem?: (string | null) | null;
        };
        /**
         * @description What a node says of itself.
         * @enum {string}
         */
        NodeStatus: "ready" | "not_ready" | "draining";
        /**
         * Nothing
         * @description Nothing can be chosen.
         */
        Nothing: Record<string, never>;
        /**
         * OpenAiDeleted
         * @description What was deleted, in OpenAI's form.
         */
        OpenAiDeleted: {
            deleted: boolean;
            id: string;
            object: string;
        };
        /**
         * OpenAiError
         * @description Why a request at a door under `/v1` failed, in OpenAI's form.
         */
        OpenAiError: {
            error: components["schemas"]["OpenAiErrorDetail"];
        };
        /**
         * OpenAiErrorDetail
         * @description What went wrong at a door.
         */
        OpenAiErrorDetail: {
            /** @description Stable, for programs. */
            code: string;
            /** @description For people. */
            message: string;
            /** @description The parameter that is wrong, where that is known. */
            param?: (string | null) | null;
            /** @description The kind of error in OpenAI's words. */
            type: string;
        };
        /**
         * OpenAiFile
         * @description A file in OpenAI's form.
         */
        OpenAiFile: {
            /** Format: int64 */
            bytes: number;
            /**
             * Format: int64
             * @description Unix time in seconds.
             */
            created_at: number;
            filename: string;
            id: string;
            /** @description `file`. */
            object: string;
            /** @description `user_data`. */
            purpose: string;
            /** @description `uploaded`, `processed` or `error`. */
            status: string;
            /** @description Why it could not be read. */
            status_details?: (string | null) | null;
        };
        /**
         * OpenAiFiles
         * @description A page of files in OpenAI's form.
         */
        OpenAiFiles: {
            data: components["schemas"]["OpenAiFile"][];
            first_id?: (string | null) | null;
            has_more: boolean;
            /** @description Give this as `after` to read on. */
            last_id?: (string | null) | null;
            /** @description `list`. */
            object: string;
        };
        /**
         * OpenAiModel
         * @description A model in OpenAI's form.
         */
        OpenAiModel: {
            /**
             * Format: int64
             * @description Unix time in seconds.
             */
            created: number;
            /** @description The name to ask for it. */
            id: string;
            /** @description `model`. */
            object: string;
            /** @description The connection that offers it. */
            owned_by: string;
        };
        /**
         * OpenAiModels
         * @description Models in OpenAI's form.
         */
        OpenAiModels: {
            data: components["schemas"]["OpenAiModel"][];
            /** @description `list`. */
            object: string;
        };
        /**
         * OwnUsage
         * @description What the caller has used, and what is left.
         */
        OwnUsage: {
            /** @description What money is in: three letters of ISO 4217. */
            currency: string;
            /** @description Every limit that counts for the caller; those of the API key only in calls with it. There is one page. */
            limits: components["schemas"]["Allowance"][];
            /** @description As many may at a time; null: no bound. */
            max_running?: (number | null) | null;
            month: components["schemas"]["UsageTotals"];
            /**
             * Format: uint64
             * @description Runs of the caller that go on now.
             */
            running: number;
            today: components["schemas"]["UsageTotals"];
        };
        /**
         * Page_ApiKey
         * @description Part of a list.
         */
        Page_ApiKey: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["ApiKey"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Chat
         * @description Part of a list.
         */
        Page_Chat: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Chat"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_ChatTag
         * @description Part of a list.
         */
        Page_ChatTag: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["ChatTag"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Collection
         * @description Part of a list.
         */
        Page_Collection: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Collection"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Connection
         * @description Part of a list.
         */
        Page_Connection: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Connection"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_File
         * @description Part of a list.
         */
        Page_File: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["File"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_FilePassage
         * @description Part of a list.
         */
        Page_FilePassage: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["FilePassage"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Folder
         * @description Part of a list.
         */
        Page_Folder: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Folder"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_FoundChat
         * @description Part of a list.
         */
        Page_FoundChat: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["FoundChat"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Group
         * @description Part of a list.
         */
        Page_Group: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Group"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_GroupName
         * @description Part of a list.
         */
        Page_GroupName: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["GroupName"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Import
         * @description Part of a list.
         */
        Page_Import: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Import"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Limits
         * @description Part of a list.
         */
        Page_Limits: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Limits"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Message
         * @description Part of a list.
         */
        Page_Message: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Message"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_ModelCard
         * @description Part of a list.
         */
        Page_ModelCard: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["ModelCard"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_ModelTerms
         * @description Part of a list.
         */
        Page_ModelTerms: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["ModelTerms"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Process
         * @description Part of a list.
         */
        Page_Process: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Process"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Prompt
         * @description Part of a list.
         */
        Page_Prompt: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Prompt"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Queue
         * @description Part of a list.
         */
        Page_Queue: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Queue"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_QueuedJob
         * @description Part of a list.
         */
        Page_QueuedJob: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["QueuedJob"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Session
         * @description Part of a list.
         */
        Page_Session: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Session"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_Share
         * @description Part of a list.
         */
        Page_Share: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["Share"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_SharedMessage
         * @description Part of a list.
         */
        Page_SharedMessage: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["SharedMessage"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_UsageLine
         * @description Part of a list.
         */
        Page_UsageLine: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["UsageLine"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_User
         * @description Part of a list.
         */
        Page_User: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["User"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Page_WaitingMessage
         * @description Part of a list.
         */
        Page_WaitingMessage: {
            /** @description The items, in the order of the list. */
            items: components["schemas"]["WaitingMessage"][];
            /** @description Give this as `after` to read on; null at the end. */
            next?: (string | null) | null;
        };
        /**
         * Passage
         * @description A passage that was found.
         */
        Passage: {
            /** Format: uuid */
            file_id: string;
            file_name: string;
            /**
             * Format: int32
             * @description Where it begins, in characters of its page, or of the text where there are no pages.
             */
            from: number;
            /** @description The headings above it, outermost first. */
            heading?: (string | null) | null;
            /** @description Counted from 1; absent where the kind of file has no pages. */
            page?: (number | null) | null;
            /**
             * Format: double
             * @description Higher is better; only passages of one answer can be compared.
             */
            score: number;
            text: string;
            /**
             * Format: int32
             * @description Where it ends.
             */
            to: number;
        };
        /**
         * Passages
         * @description The passages that fit best, the best one first.
         */
        Passages: {
            items: components["schemas"]["Passage"][];
        };
        /**
         * PasswordChange
         * @description A change of the own password.
         */
        PasswordChange: {
            /**
             * Format: password
             * @description The password until now.
             */
            current: string;
            /**
             * Format: password
             * @description The new one: 8 to 512 characters.
             */
            new: string;
        };
        /** @enum {string} */
        Pool: "chat" | "ingest" | "embed" | "maintenance";
        /**
         * PoolWork
         * @description What a process does in one pool.
         */
        PoolWork: {
            pool: components["schemas"]["Pool"];
            /** Format: uint64 */
            running: number;
            /**
             * Format: uint64
             * @description Jobs that it runs at once, at most.
             */
            slots: number;
        };
        /** @enum {string} */
        Priority: "interactive" | "agent_step" | "title" | "batch";
        /**
         * Problem
         * @description Why a request failed (RFC 9457).
         */
        Problem: {
            /** @description Stable, for programs. */
            code: string;
            /** @description For people. */
            detail: string;
            /** @description What is wrong, field by field, where that is known. */
            errors?: (components["schemas"]["FieldProblem"][] | null) | null;
            /** @description Names this request in the logs. */
            request_id: string;
            /**
             * Format: uint16
             * @description The HTTP status.
             */
            status: number;
            /** @description The name of the status. */
            title: string;
            /** @description Always `about:blank`: `code` tells the kinds apart. */
            type: string;
        };
        /**
         * Process
         * @description One process, as it has said of itself within the last seconds.
         */
        Process: {
            /** @description Takes no new work any more. */
            draining: boolean;
            memory_bytes?: (number | null) | null;
            name: string;
            /**
             * Format: uint64
             * @description Streams and sockets that it serves.
             */
            open_streams: number;
            pools: components["schemas"]["PoolWork"][];
            roles: components["schemas"]["ProcessRole"][];
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            started_at: string;
            /**
             * Format: double
             * @description Pieces of text per second that its models have said, about a token each.
             */
            tokens_per_s: number;
            version: string;
        };
        /** @enum {string} */
        ProcessRole: "api" | "worker";
        /**
         * ProfileChange
         * @description What to change of the own profile.
         */
        ProfileChange: {
            /** @description 1 to 200 characters. */
            name?: (string | null) | null;
        };
        /**
         * Prompt
         * @description A text to use again.
         */
        Prompt: {
            /** @description What is typed after a slash. An own one goes before a shared one of the same name. */
            command: string;
            /** @description Places to fill in are written `{{name}}`. */
            content: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** Format: uuid */
            id: string;
            /** @description The caller's own. */
            own: boolean;
            /** @description For everybody on this server. */
            shared: boolean;
            title: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
        };
        /**
         * PromptChange
         * @description What changes; what is absent stays.
         */
        PromptChange: {
            command?: (string | null) | null;
            content?: (string | null) | null;
            /** @description For everybody on this server; for admins. */
            shared?: (boolean | null) | null;
            title?: (string | null) | null;
        };
        /** ProviderError */
        ProviderError: {
            /** @description Stable, for programs. */
            code: string;
            /** @description For people. */
            message: string;
        };
        /**
         * Queue
         * @description The queue of one pool.
         */
        Queue: {
            /**
             * Format: uint64
             * @description Dead letters.
             */
            dead: number;
            /**
             * Format: uint64
             * @description Jobs that want to run now: those that are ready and those that run.
             */
            demand: number;
            /**
             * Format: uint64
             * @description All that waits, scheduled included.
             */
            depth: number;
            /**
             * Format: uint64
             * @description Jobs that may wait before new ones are refused; 0: no bound.
             */
            max_depth: number;
            /**
             * Format: double
             * @description Seconds that the oldest ready job has waited.
             */
            oldest_s: number;
            pool: components["schemas"]["Pool"];
            /** Format: uint64 */
            running: number;
            /**
             * Format: uint64
             * @description To start later: retries and delayed jobs.
             */
            scheduled: number;
            /**
             * Format: uint64
             * @description Jobs that run at once at most, on all workers together.
             */
            slots: number;
            /**
             * Format: double
             * @description Jobs that have started per second, over about the last ten seconds.
             */
            starts_per_s: number;
            /** @description Ready to start, by priority. */
            waiting: components["schemas"]["WaitingJobs"] & unknown;
            /**
             * Format: uint64
             * @description Processes that serve the pool.
             */
            workers: number;
        };
        /**
         * QueuedJob
         * @description A job. It names rows by id and holds no content.
         */
        QueuedJob: {
            /**
             * Format: date-time
             * @description Ready since, due at, leased until, or dead since.
             * @example 2026-01-31T12:00:00.000Z
             */
            at: string;
            /**
             * Format: uint32
             * @description Attempts that failed.
             */
            attempts: number;
            /** @description Of a dead letter: why, for programs. */
            code?: (string | null) | null;
            /**
             * Format: uint32
             * @description Times that it was handed to a worker.
             */
            deliveries: number;
            /** @description The last failures, oldest first. */
            errors: components["schemas"]["JobFailure"][];
            /** @description The limit that it waits for, such as `user:<id>`. */
            held?: (string | null) | null;
            /** Format: uuid */
            id: string;
            /**
             * Format: uint32
             * @description Deliveries whose worker died or stood still.
             */
            lapses: number;
            /** @description Failures after which it is put aside. */
            max_attempts?: (number | null) | null;
            /** @description The kind; absent if the job cannot be read. */
            name?: (string | null) | null;
            /** @description Whose turn it takes: a user, or the nil UUID for the system's own work. */
            owner?: (string | null) | null;
            /** @description The ids that it names. */
            payload?: unknown | null;
            priority?: ((string & components["schemas"]["Priority"]) | null) | null;
            pushed_at?: (string | null) | null;
            /** @description Of a dead letter: why, for people. */
            reason?: (string | null) | null;
            state: components["schemas"]["JobState"];
            /** @description The version of its form; workers leave newer ones than their own to newer workers. */
            version?: (number | null) | null;
        };
        /**
         * Raised
         * @description How many there were.
         */
        Raised: {
            /** Format: uint64 */
            count: number;
        };
        /**
         * Rating
         * @description What a reader thinks of an answer.
         */
        Rating: {
            /** @description Why, in the reader's words. */
            note?: (string | null) | null;
            value: components["schemas"]["RatingValue"];
        };
        /** @enum {string} */
        RatingValue: "good" | "bad";
        /**
         * Readiness
         * @description Whether the node can serve, and what it lacks.
         */
        Readiness: {
            /** @description What the node needs. */
            parts: components["schemas"]["NodePart"][];
            status: components["schemas"]["NodeStatus"];
        };
        /** Regenerate */
        Regenerate: {
            /** @description Another model for this answer; the one of the answer when absent. */
            model?: (string | null) | null;
        };
        /**
         * Response
         * @description A response in OpenAI's form.
         */
        Response: {
            /**
             * Format: int64
             * @description Unix time in seconds.
             */
            created_at: number;
            id: string;
            model: string;
            /** @description `response`. */
            object: string;
            /** @description Items of type `message`, `reasoning` and `function_call`. */
            output: unknown[];
            /** @description `completed`, or `incomplete` when a limit cut it. */
            status: string;
            /** @description False: nothing is kept to go on from. */
            store: boolean;
            /** @description `{input_tokens, output_tokens, total_tokens}`. */
            usage: unknown;
        };
        /**
         * ResponseRequest
         * @description A request for a response in OpenAI's form, without a memory: `previous_response_id`, `conversation` and `background`
         *     are refused, `store` has no effect.
         */
        ResponseRequest: {
            /** @description A text, or the items of the conversation: messages, function calls and their outputs. */
            input: unknown;
            instructions?: (string | null) | null;
            max_output_tokens?: (number | null) | null;
            metadata?: unknown | null;
            model: string;
            /** @description `{"effort": ...}`. */
            reasoning?: unknown | null;
            stream?: (boolean | null) | null;
            temperature?: (number | null) | null;
            /** @description `{"format": ...}`: `text`, `json_object`, or `json_schema` with a schema. */
            text?: unknown | null;
            tool_choice?: unknown | null;
            /** @description Functions that the model may call; other tools are refused. */
            tools?: (unknown[] | null) | null;
            top_p?: (number | null) | null;
        };
        /**
         * @description What a user may do.
         * @enum {string}
         */
        Role: "admin" | "user" | "pending";
        /**
         * @description What a key may do.
         * @enum {string}
         */
        Scope: "inference" | "chats" | "admin" | "monitor";
        /** SearchRequest */
        SearchRequest: {
            /** @description Passages that are wanted; 8 if absent. */
            k?: (number | null) | null;
            /** @description A question or some words. */
            query: string;
        };
        /** SendMessage */
        SendMessage: {
            /** @description Collections whose files the answer may draw on. */
            collections?: (string[] | null) | null;
            /** @description Markdown. May be empty only with images. */
            content: string;
            /** @description Files that the answer may draw on. */
            files?: (string[] | null) | null;
            /** @description Data URLs or https addresses of images for models that see. */
            images?: (string[] | null) | null;
            /** @description A name from the list of models; the chat's, or the default one, when absent. */
            model?: (string | null) | null;
            /** @description Further models that answer the same message, side by side with `model`. */
            others?: (string[] | null) | null;
            /** @description Parameters of a chat completion: `temperature`, `top_p`, `max_tokens`, `stop`, `seed`, `reasoning_effort`, ... */
            parameters?: ({
                [key: string]: unknown;
            } | null) | null;
            /**
             * @description Absent: below the active branch. `null`: a new root. Another message: a branch, as when a message is edited and
             *     sent again.
             */
            parent_id?: (string | null) | null;
            /** @description Instructions for the model, before the conversation. */
            system?: (string | null) | null;
            /** @description What to do while the answer before it is being written; `refuse` if absent. */
            when_running?: ((string & (components["schemas"]["WhenRunning"] & unknown)) | null) | null;
        };
        /** @description A message that was accepted at once, or one that waits. */
        SentMessage: components["schemas"]["Accepted"] | components["schemas"]["Waiting"];
        /**
         * Session
         * @description One sign-in of the user.
         */
        Session: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** @description Whether this request came with it. */
            current: boolean;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            expires_at: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: date-time
             * @description Right to five minutes.
             * @example 2026-01-31T12:00:00.000Z
             */
            last_seen_at: string;
            /** @description What the browser or program called itself. */
            user_agent: string;
        };
        /**
         * Settings
         * @description The settings in force.
         */
        Settings: {
            /** @description What prices and budgets are in: three letters of ISO 4217. */
            currency: string;
            /** @description The model of new chats where the user chose none; null: the first of the list. */
            default_model?: (string | null) | null;
            /** @description What is in force where no admin has chosen anything. */
            defaults: components["schemas"]["SettingsDefaults"] & unknown;
            /** @description The model that makes vectors of files; null: searches go by words alone. */
            embedding_model?: (string | null) | null;
            /** @description Whether the built-in model that needs no provider is offered. */
            loopback_enabled: boolean;
            /** @description Runs of one user at a time, in chats and through the doors; null: no bound. */
            max_running_per_user?: (number | null) | null;
            /** @description Whether the link to a shared chat opens for people who are not signed in. */
            public_shares: boolean;
            /** @description The model of a rerank endpoint that puts the passages of a search into their last order; null: none does. */
            rerank_model?: (string | null) | null;
            /** @description Who may sign up. */
            sign_up: components["schemas"]["SignUpRule"] & unknown;
        };
        /**
         * SettingsChange
         * @description The settings to change; what is absent stays.
         */
        SettingsChange: {
            /** @description Three capital letters. A name only: nothing is converted. */
            currency?: (string | null) | null;
            /** @description Null takes the choice away. */
            default_model?: (string | null) | null;
            /** @description Null takes the choice away. */
            embedding_model?: (string | null) | null;
            /** @description Whether the built-in model that needs no provider is offered. */
            loopback_enabled?: (boolean | null) | null;
            /** @description At least 1; null takes the bound away. */
            max_running_per_user?: (number | null) | null;
            /** @description Whether the link to a shared chat opens for people who are not signed in. */
            public_shares?: (boolean | null) | null;
            /** @description Null takes the choice away. */
            rerank_model?: (string | null) | null;
            /** @description Who may sign up. */
            sign_up?: ((string & (components["schemas"]["SignUpRule"] & unknown)) | null) | null;
        };
        /**
         * SettingsDefaults
         * @description What is in force where no admin has chosen anything; settings that are not here are null then.
         */
        SettingsDefaults: {
            /** @description What prices and budgets are in. */
            currency: string;
            /** @description Whether the built-in model that needs no provider is offered. */
            loopback_enabled: boolean;
            /** @description Whether the link to a shared chat opens for people who are not signed in. */
            public_shares: boolean;
            /** @description Who may sign up. */
            sign_up: components["schemas"]["SignUpRule"] & unknown;
        };
        /**
         * Share
         * @description A link to a chat, as its owner sees it.
         */
        Share: {
            /** Format: uuid */
            chat_id: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** Format: uuid */
            id: string;
            /**
             * Format: uint32
             * @description How many messages it shows.
             */
            messages: number;
            /** @description Where the page shows it: the address of this server, and then this. */
            path: string;
            /** @description The chat's title when the link was made. */
            title: string;
        };
        /**
         * @description What a group may do with a collection.
         * @enum {string}
         */
        ShareAccess: "read" | "write";
        /**
         * SharedChat
         * @description A chat that somebody shared. It says nothing of who that was.
         */
        SharedChat: {
            /**
             * Format: date-time
             * @description When the link was made; what was said later is not in it.
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** Format: uint32 */
            messages: number;
            title: string;
        };
        /**
         * SharedMessage
         * @description One message of a shared chat.
         */
        SharedMessage: {
            /** @description Markdown. */
            content: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** @description Addresses of images, mostly data URLs. */
            images: string[];
            model?: (string | null) | null;
            /**
             * Format: uint32
             * @description Counted from 0 at the beginning of the chat.
             */
            place: number;
            /** @description What the model thought before it answered, where it says so. */
            reasoning?: (string | null) | null;
            /** @description `system`, `user`, `assistant` or `tool`. */
            role: string;
        };
        /**
         * Sharer
         * @description Who has shared a collection.
         */
        Sharer: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /**
         * SignedIn
         * @description A user with a fresh token.
         * @example {
         *       "expires_at": "2026-02-01T00:00:00.000Z",
         *       "token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
         *       "user": {
         *         "created_at": "2026-01-31T12:00:00.000Z",
         *         "email": "ada@example.org",
         *         "id": "01935b1c-6a00-7000-8000-000000000001",
         *         "name": "Ada",
         *         "role": "admin"
         *       }
         *     }
         */
        SignedIn: {
            /**
             * Format: date-time
             * @description When the token ends. Its session lives longer: refresh it.
             * @example 2026-01-31T12:00:00.000Z
             */
            expires_at: string;
            /** @description For the header `Authorization: Bearer`. Browsers get it as a cookie too and need not keep it. */
            token: string;
            user: components["schemas"]["User"];
        };
        /**
         * SignIn
         * @description The way into an account.
         * @example {
         *       "email": "ada@example.org",
         *       "password": "correct horse battery staple"
         *     }
         */
        SignIn: {
            email: string;
            /** Format: password */
            password: string;
        };
        /**
         * SignUp
         * @description A new account.
         * @example {
         *       "email": "ada@example.org",
         *       "name": "Ada",
         *       "password": "correct horse battery staple"
         *     }
         */
        SignUp: {
            email: string;
            /** @description 1 to 200 characters. */
            name: string;
            /**
             * Format: password
             * @description 8 to 512 characters.
             */
            password: string;
        };
        /**
         * @description Who may sign up after the first user.
         * @enum {string}
         */
        SignUpRule: "open" | "pending" | "closed";
        /**
         * TermsChange
         * @description What to change of a model; what is absent stays, null takes a value away.
         */
        TermsChange: {
            completion_price?: (number | null) | null;
            /** @description 1 to 100,000. */
            max_running?: (number | null) | null;
            /** @description For a million tokens, in the currency of the settings, with up to nine decimals. */
            prompt_price?: (number | null) | null;
        };
        /**
         * Tested
         * @description How a provider answered just now.
         */
        Tested: {
            error?: (components["schemas"]["ProviderError"] | null) | null;
            /** Format: uint64 */
            latency_ms: number;
            /** @description The provider's ids. */
            models: string[];
            ok: boolean;
        };
        /**
         * TextPart
         * @description A piece of a text in which words were looked for. The pieces together are the text.
         */
        TextPart: {
            /** @description One of the words that were looked for. */
            hit: boolean;
            text: string;
        };
        /**
         * TokenUsage
         * @description Tokens that an answer cost.
         */
        TokenUsage: {
            /** Format: uint64 */
            completion_tokens: number;
            /** Format: uint64 */
            prompt_tokens: number;
            /** Format: uint64 */
            total_tokens: number;
        };
        /**
         * Usage
         * @description Tokens, as the provider counted them.
         */
        Usage: {
            /** Format: int32 */
            completion_tokens: number;
            /** Format: int32 */
            prompt_tokens: number;
        };
        /**
         * @description What the lines of a report are.
         * @enum {string}
         */
        UsageBy: "user" | "api_key" | "group" | "model" | "day";
        /**
         * UsageLine
         * @description One line of a report.
         */
        UsageLine: {
            /** @description An id, a model or a day. Empty for what was asked without an API key. */
            key: string;
            /** @description The user's address, or the name of the group or key; empty when it is gone. */
            name: string;
            totals: components["schemas"]["UsageTotals"];
        };
        /**
         * UsageTotals
         * @description Sums over runs that have ended.
         */
        UsageTotals: {
            /** Format: int64 */
            completion_tokens: number;
            /**
             * Format: double
             * @description In the currency of the settings.
             */
            cost: number;
            /** Format: int64 */
            prompt_tokens: number;
            /** Format: int64 */
            requests: number;
        };
        /**
         * User
         * @description A person with an account.
         * @example {
         *       "created_at": "2026-01-31T12:00:00.000Z",
         *       "email": "ada@example.org",
         *       "id": "01935b1c-6a00-7000-8000-000000000001",
         *       "name": "Ada",
         *       "role": "admin"
         *     }
         */
        User: {
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /** @description In lower case. */
            email: string;
            /** Format: uuid */
            id: string;
            name: string;
            role: components["schemas"]["Role"];
        };
        /**
         * UserChange
         * @description What to change of a user.
         */
        UserChange: {
            /** @description 1 to 200 characters. */
            name?: (string | null) | null;
            /** @description `user` approves somebody who waits. */
            role?: ((string & (components["schemas"]["Role"] & unknown)) | null) | null;
        };
        /**
         * VectorStore
         * @description A collection in OpenAI's form.
         */
        VectorStore: {
            /**
             * Format: int64
             * @description Unix time in seconds.
             */
            created_at: number;
            file_counts: unknown;
            id: string;
            /** Format: int64 */
            last_active_at: number;
            metadata: unknown;
            name: string;
            /** @description `vector_store`. */
            object: string;
            status: string;
            /** Format: int64 */
            usage_bytes: number;
        };
        /**
         * VectorStoreFile
         * @description A file of a collection in OpenAI's form.
         */
        VectorStoreFile: {
            attributes: unknown;
            /**
             * Format: int64
             * @description Unix time in seconds.
             */
            created_at: number;
            id: string;
            last_error?: unknown | null;
            /** @description `vector_store.file`. */
            object: string;
            /** @description `in_progress`, `completed` or `failed`. */
            status: string;
            /** Format: int64 */
            usage_bytes: number;
            vector_store_id: string;
        };
        /**
         * VectorStoreFiles
         * @description A page of the files of a collection in OpenAI's form.
         */
        VectorStoreFiles: {
            data: components["schemas"]["VectorStoreFile"][];
            first_id?: (string | null) | null;
            has_more: boolean;
            /** @description Give this as `after` to read on. */
            last_id?: (string | null) | null;
            /** @description `list`. */
            object: string;
        };
        /**
         * VectorStoreFound
         * @description Passages that were found, in OpenAI's form.
         */
        VectorStoreFound: {
            /** @description Objects with `file_id`, `filename`, `score`, `attributes` and `content`. */
            data: unknown[];
            has_more: boolean;
            next_page?: (string | null) | null;
            /** @description `vector_store.search_results.page`. */
            object: string;
            search_query: string[];
        };
        /**
         * VectorStores
         * @description A page of collections in OpenAI's form.
         */
        VectorStores: {
            data: components["schemas"]["VectorStore"][];
            first_id?: (string | null) | null;
            has_more: boolean;
            /** @description Give this as `after` to read on. */
            last_id?: (string | null) | null;
            /** @description `list`. */
            object: string;
        };
        /**
         * VectorStoreSearch
         * @description What to look for.
         */
        VectorStoreSearch: {
            /** @description 1 to 50; 10 if absent. */
            max_num_results?: (number | null) | null;
            /** @description A text, or a list of them. */
            query: unknown;
        };
        /**
         * Waiting
         * @description The answer to a message that has to wait. It will be answered even if this client never comes back.
         */
        Waiting: {
            state: components["schemas"]["WaitingState"];
            waiting_message: components["schemas"]["WaitingMessage"];
        };
        /** WaitingJobs */
        WaitingJobs: {
            /** Format: uint64 */
            agent_step: number;
            /** Format: uint64 */
            batch: number;
            /** Format: uint64 */
            interactive: number;
            /** Format: uint64 */
            title: number;
        };
        /**
         * WaitingMessage
         * @description A message that waits until the answer before it has ended.
         */
        WaitingMessage: {
            /** Format: uuid */
            chat_id: string;
            content: string;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            created_at: string;
            /**
             * Format: uuid
             * @description Also the id of the user message that it becomes.
             */
            id: string;
            /** @description Addresses of images, mostly data URLs. */
            images: string[];
            model: string;
            /** @description The message that it is to follow; absent: the end of the active branch at that time. */
            parent_id?: (string | null) | null;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            updated_at: string;
        };
        /**
         * WaitingMessageChange
         * @description What changes; what is absent stays.
         */
        WaitingMessageChange: {
            /** @description Markdown. May be empty only with images. */
            content?: (string | null) | null;
            /** @description Data URLs or https addresses of images. */
            images?: (string[] | null) | null;
            /** @description A name from the list of models. */
            model?: (string | null) | null;
        };
        /** @enum {string} */
        WaitingState: "waiting";
        /**
         * @description What becomes of a message that is sent while the answer before it is being written.
         * @enum {string}
         */
        WhenRunning: "refuse" | "queue";
    };
    responses: {
        /** @description The state of the thing forbids it now. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "already_exists",
                 *       "detail": "That exists already.",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 409,
                 *       "title": "Conflict",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Signed in, but not allowed. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "account_pending",
                 *       "detail": "This account waits for the approval of an admin.",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 403,
                 *       "title": "Forbidden",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Our fault. The log knows more under the request id. */
        Internal: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "internal",
                 *       "detail": "Something went wrong on our side.",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 500,
                 *       "title": "Internal Server Error",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request is wrong and will stay wrong. `errors` names the fields where that is known. */
        Invalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "invalid_request",
                 *       "detail": "name: must not be empty",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 400,
                 *       "title": "Bad Request",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not there, or not the caller's: the two look the same. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "not_found",
                 *       "detail": "There is no such session.",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 404,
                 *       "title": "Not Found",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Over a limit. `Retry-After` says when to come back. */
        RateLimited: {
            headers: {
                /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                "ratelimit-limit"?: string;
                /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                "ratelimit-policy"?: string;
                /** @description What is left of it. */
                "ratelimit-remaining"?: string;
                /** @description Seconds until all of it is there again. */
                "ratelimit-reset"?: string;
                /** @description Seconds to wait. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "rate_limited",
                 *       "detail": "Too many requests from this address.",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 429,
                 *       "title": "Too Many Requests",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than this server takes. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "too_large",
                 *       "detail": "The body is larger than this server takes.",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 413,
                 *       "title": "Payload Too Large",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Nobody is signed in, or the token or key is refused. */
        Unauthenticated: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "unauthenticated",
                 *       "detail": "Sign in, or send a token or an API key.",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 401,
                 *       "title": "Unauthorized",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A part is away or full for now. `Retry-After` says when to come back. */
        Unavailable: {
            headers: {
                /** @description Seconds to wait. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "unavailable",
                 *       "detail": "The database cannot answer at the moment.",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 503,
                 *       "title": "Service Unavailable",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A body of this type is not taken here. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": "unsupported_media_type",
                 *       "detail": "The header Content-Type is missing.",
                 *       "request_id": "01935b1c-6a00-7000-8000-000000000001",
                 *       "status": 415,
                 *       "title": "Unsupported Media Type",
                 *       "type": "about:blank"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listGroups: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Group"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createGroup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewGroup"];
            };
        };
        responses: {
            /** @description The group is made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listGroupMembers: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    addGroupMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMembers"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    removeGroupMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLimits: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Limits"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    setLimits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewLimits"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limits"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteLimits: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listModelCards: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
                /** @description Models whose id or name has this in it. */
                query?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ModelCard"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateModelCard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelCardChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelCard"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listModelTerms: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ModelTerms"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateModelTerms: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of the model; slashes in it are percent-encoded. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TermsChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelTerms"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listProcesses: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Process"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Queue"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pool: components["schemas"]["Pool"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queue"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path: {
                pool: components["schemas"]["Pool"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_QueuedJob"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                pool: components["schemas"]["Pool"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuedJob"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    discardDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                pool: components["schemas"]["Pool"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    replayDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                pool: components["schemas"]["Pool"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Raised"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    discardDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pool: components["schemas"]["Pool"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeadLetters"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Raised"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    replayDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pool: components["schemas"]["Pool"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeadLetters"];
            };
        };
        responses: {
            /** @description Queued again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Raised"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
                /** @description Which jobs; those that wait if absent. */
                state?: components["schemas"]["JobState"];
            };
            header?: never;
            path: {
                pool: components["schemas"]["Pool"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_QueuedJob"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    reportUsage: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description What the lines are; users if absent. */
                by?: components["schemas"]["UsageBy"];
                /** @description The first day, such as 2026-01-31 in UTC. */
                from?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
                /** @description This model alone. */
                model?: string;
                /** @description The last day. */
                to?: string;
                /** @description This user alone. */
                user?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_UsageLine"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
                /** @description Words of which each is in the name or the email. */
                query?: string;
                /** @description Users with this role. */
                role?: components["schemas"]["Role"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ApiKey"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiKey"];
            };
        };
        responses: {
            /** @description The key is made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    refreshToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed in */
            200: {
                headers: {
                    "SET-COOKIE": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Signed in */
            200: {
                headers: {
                    "SET-COOKIE": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["Invalid"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out */
            204: {
                headers: {
                    "SET-COOKIE": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    signUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignUp"];
            };
        };
        responses: {
            /** @description The account is made and signed in */
            201: {
                headers: {
                    "SET-COOKIE": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["Invalid"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listChats: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description `true`: the archived chats instead of the others. */
                archived?: boolean;
                /** @description The id of a folder, or `none` for chats in no folder. */
                folder?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
                pinned?: boolean;
                /** @description Chats with this tag. */
                tag?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Chat"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createChat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewChat"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    duplicateChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Duplicate"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Chat"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportChat: {
        parameters: {
            query?: {
                /** @description `json` if absent. */
                format?: components["schemas"]["ExportForm"];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listMessages: {
        parameters: {
            query?: {
                /** @description `next` of the page after: messages from this one towards the root. */
                before?: string;
                /** @description Any message of another branch; its newest leaf is taken. */
                leaf?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Message"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description `text/event-stream` for the stream itself. */
                accept?: string;
                /** @description Any text of at most 128 characters that is new for each message. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessage"];
            };
        };
        responses: {
            /**
             * @description Kept and queued, for those who asked for `text/event-stream`: the event `accepted` with what a 202 says, then the
             *     events of the run. When the stream is cut, go on at `events_url` with the last id.
             */
            200: {
                headers: {
                    "CACHE-CONTROL": string;
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    "X-ACCEL-BUFFERING": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Kept, and queued or waiting. */
            202: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentMessage"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSharesOfChat: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Share"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    shareChat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listWaitingMessages: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_WaitingMessage"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    exportChats: {
        parameters: {
            query?: {
                /** @description `json` if absent. */
                format?: components["schemas"]["ExportForm"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    searchChats: {
        parameters: {
            query: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description `true`: the archived chats instead of the others. */
                archived?: boolean;
                /** @description The id of a folder, or `none` for chats in no folder. */
                folder?: string;
                /** @description Items on a page; 20 if absent. */
                limit?: number;
                pinned?: boolean;
                /** @description Words, 16 at most. */
                query: string;
                /** @description Chats with this tag. */
                tag?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FoundChat"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listCollections: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Collection"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createCollection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCollection"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCollection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteCollection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateCollection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CollectionChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listCollectionFiles: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_File"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    addCollectionFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddFile"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    removeCollectionFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    searchCollection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchRequest"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Passages"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listCollectionShares: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionShareList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    shareCollection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewShare"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CollectionShareList"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    unshareCollection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listConnections: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Connection"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createConnection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectionNew"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectionChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    testConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tested"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    followUser: {
        parameters: {
            query?: {
                /** @description The same, for clients that cannot set headers. */
                after?: string;
            };
            header?: {
                /** @description The id of the last event that was received. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /**
             * @description Server-sent events: `delta`, `reasoning`, `tool_call`, `queued`, `restarted`, `snapshot`, then one of
             *     `completed`, `failed`, `cancelled`.
             */
            200: {
                headers: {
                    "CACHE-CONTROL": string;
                    "X-ACCEL-BUFFERING": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The reader has everything already. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listFiles: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_File"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    uploadFile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Kept. What becomes of it is told by `state` and by the events of the account. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    downloadFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version that the range belongs to: if it is another one, the whole file comes. */
                "If-Range"?: string;
                /** @description One range of bytes, like `bytes=0-1023`. */
                Range?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            /** @description No byte of the file is in this range. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createFileLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileLink"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listFilePassages: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FilePassage"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    retryFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description Kept. What becomes of it is told by `state` and by the events of the account. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getFileThumbnail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JPEG of at most 320 pixels a side. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    addWebPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebPage"];
            };
        };
        responses: {
            /** @description Kept. What becomes of it is told by `state` and by the events of the account. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["File"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listFolders: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Folder"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createFolder: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFolder"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folder"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteFolder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateFolder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FolderChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Folder"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getGeneration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Generation"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelGeneration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The end was asked for; the state says whether it has come. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Generation"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    followGeneration: {
        parameters: {
            query?: {
                /** @description The same, for clients that cannot set headers. */
                after?: string;
            };
            header?: {
                /** @description The id of the last event that was received. */
                "Last-Event-ID"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /**
             * @description Server-sent events: `delta`, `reasoning`, `tool_call`, `queued`, `restarted`, `snapshot`, then one of
             *     `completed`, `failed`, `cancelled`.
             */
            200: {
                headers: {
                    "CACHE-CONTROL": string;
                    "X-ACCEL-BUFFERING": string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description The reader has everything already. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listOwnGroups: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_GroupName"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listImports: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Import"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    uploadImport: {
        parameters: {
            query?: {
                /** @description What the file is called, for people. */
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Kept; follow it in the own events (`import_changed`), or ask again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    startImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Kept; follow it in the own events (`import_changed`), or ask again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Import"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Info"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUsage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnUsage"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    continueMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Continue"];
            };
        };
        responses: {
            /** @description Kept and queued. */
            202: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    rateMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rating"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    unrateMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    regenerateMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Regenerate"];
            };
        };
        responses: {
            /** @description Kept and queued. */
            202: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Models"];
                };
            };
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getModelPicture: {
        parameters: {
            query: {
                /** @description When it was set, so that a browser keeps it until it changes. */
                at?: number;
                /** @description The model's id. */
                model: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPrompts: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
                /** @description `true`: the own ones alone. */
                own?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Prompt"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPrompt: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPrompt"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Prompt"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getPrompt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Prompt"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deletePrompt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updatePrompt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromptChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Prompt"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Session"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    openShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedChat"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSharedMessages: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_SharedMessage"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listShares: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Share"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listTags: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                after?: string;
                /** @description Items on a page; 50 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ChatTag"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteWaitingMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    updateWaitingMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WaitingMessageChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitingMessage"];
                };
            };
            400: components["responses"]["Invalid"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    checkLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    checkReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The node takes requests */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            /** @description The node cannot serve now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createChatCompletion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatCompletionRequest"];
            };
        };
        responses: {
            /** @description The answer. With `"stream": true` it comes as chunks and ends with `[DONE]` */
            200: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatCompletion"];
                    "text/event-stream": string;
                };
            };
            /** @description The request is wrong and will stay wrong. `errors` names the fields where that is known. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The state of the thing forbids it now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The body is larger than this server takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A body of this type is not taken here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The model's provider failed. `code` says how. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    createEmbedding: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmbeddingRequest"];
            };
        };
        responses: {
            /** @description The vectors */
            200: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmbeddingList"];
                };
            };
            /** @description The request is wrong and will stay wrong. `errors` names the fields where that is known. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The state of the thing forbids it now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The body is larger than this server takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A body of this type is not taken here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The model's provider failed. `code` says how. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    listOpenAiFiles: {
        parameters: {
            query?: {
                /** @description The id of the last file of the page before. */
                after?: string;
                /** @description Items on a page; 100 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The files */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiFiles"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    createOpenAiFile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiFile"];
                };
            };
            /** @description The request is wrong and will stay wrong. `errors` names the fields where that is known. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The state of the thing forbids it now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The body is larger than this server takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A body of this type is not taken here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The model's provider failed. `code` says how. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    getOpenAiFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiFile"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    deleteOpenAiFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiDeleted"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    downloadOpenAiFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The range that was asked for. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description No byte of the file is in this range. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    listOpenAiModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiModels"];
                };
            };
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    getOpenAiModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of the model; slashes in it are percent-encoded. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The model */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiModel"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    createResponse: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResponseRequest"];
            };
        };
        responses: {
            /** @description The response. With `"stream": true` it comes as events */
            200: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Response"];
                    "text/event-stream": string;
                };
            };
            /** @description The request is wrong and will stay wrong. `errors` names the fields where that is known. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The state of the thing forbids it now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The body is larger than this server takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A body of this type is not taken here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The model's provider failed. `code` says how. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    listVectorStores: {
        parameters: {
            query?: {
                /** @description The id of the last store of the page before. */
                after?: string;
                /** @description Items on a page; 20 if absent. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stores */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VectorStores"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    createVectorStore: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewVectorStore"];
            };
        };
        responses: {
            /** @description The store */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VectorStore"];
                };
            };
            /** @description The request is wrong and will stay wrong. `errors` names the fields where that is known. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The state of the thing forbids it now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The body is larger than this server takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A body of this type is not taken here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The model's provider failed. `code` says how. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    getVectorStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The store */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VectorStore"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    deleteVectorStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiDeleted"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    listVectorStoreFiles: {
        parameters: {
            query?: {
                /** @description The id of the last file of the page before. */
                after?: string;
                /** @description Items on a page; 20 if absent. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The files of the store */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VectorStoreFiles"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    createVectorStoreFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewVectorStoreFile"];
            };
        };
        responses: {
            /** @description The file in its store */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VectorStoreFile"];
                };
            };
            /** @description The request is wrong and will stay wrong. `errors` names the fields where that is known. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The state of the thing forbids it now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The body is larger than this server takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A body of this type is not taken here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The model's provider failed. `code` says how. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    getVectorStoreFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file in its store */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VectorStoreFile"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    deleteVectorStoreFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiDeleted"];
                };
            };
            400: components["responses"]["Invalid"];
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
    searchVectorStore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VectorStoreSearch"];
            };
        };
        responses: {
            /** @description The passages that fit best */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VectorStoreFound"];
                };
            };
            /** @description The request is wrong and will stay wrong. `errors` names the fields where that is known. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Nobody is signed in, or the token or key is refused. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Signed in, but not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description There is no model of this name. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The state of the thing forbids it now. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The body is larger than this server takes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A body of this type is not taken here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Over a limit. `Retry-After` says when to come back. */
            429: {
                headers: {
                    /** @description The limit that is nearest to its end; money in millionths of the currency's unit. */
                    "ratelimit-limit"?: string;
                    /** @description The limit, the seconds that it is for (`w`) and its `name`. */
                    "ratelimit-policy"?: string;
                    /** @description What is left of it. */
                    "ratelimit-remaining"?: string;
                    /** @description Seconds until all of it is there again. */
                    "ratelimit-reset"?: string;
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description Our fault. The log knows more under the request id. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description The model's provider failed. `code` says how. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
            /** @description A part is away or full for now. `Retry-After` says when to come back. */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenAiError"];
                };
            };
        };
    };
}

//! Encryption with KMS, towards an emulator that checks key and context as KMS does.

use infra::aws::Clients;
use infra::encryption::{Cipher, CipherKind, Ciphertext, EncryptionError, KmsCipher};

use crate::proxy::Routes;
use crate::world::{REGION, World};

/// A new symmetric key's id.
pub async fn key(clients: &Clients) -> String {
    let made = clients.kms(REGION).create_key().send().await.expect("a key");
    made.key_metadata.expect("its metadata").key_id
}

fn cipher(world: &World, key: &str, project: &str) -> Cipher {
    Cipher::Kms(KmsCipher::new(world.clients.kms(REGION), key, project))
}

#[tokio::test]
async fn a_value_comes_back_from_its_key_in_one_call_each_way() {
    let world = World::new(Routes::default());
    let key = key(&world.clients).await;
    world
        .clients
        .kms(REGION)
        .create_alias()
        .alias_name("alias/shop")
        .target_key_id(&key)
        .send()
        .await
        .expect("an alias");
    world.proxy.reset();
    for name in [key.as_str(), "alias/shop"] {
        let cipher = cipher(&world, name, "shop");
        let ciphertext = cipher.encrypt("pä\"ss\nword").await.expect("a ciphertext");
        assert_eq!(ciphertext.kind(), CipherKind::Kms);
        let read: Ciphertext = ciphertext.to_string().parse().expect("its text");
        assert_eq!(cipher.decrypt(&read).await.expect("the value"), "pä\"ss\nword");
    }
    assert_eq!((world.proxy.count("kms:Encrypt"), world.proxy.count("kms:Decrypt")), (2, 2));
    assert_eq!(world.proxy.calls().len(), 4);
}

#[tokio::test]
async fn a_value_only_opens_for_its_project() {
    let world = World::new(Routes::default());
    let key = key(&world.clients).await;
    let ciphertext = cipher(&world, &key, "shop").encrypt("hunter2").await.expect("a ciphertext");
    let error = cipher(&world, &key, "blog").decrypt(&ciphertext).await.expect_err("another project");
    assert!(matches!(&error, EncryptionError::NotOpened { project, .. } if project == "blog"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("infra config set")));
    assert_eq!(cipher(&world, &key, "shop").decrypt(&ciphertext).await.expect("the value"), "hunter2");
}

#[tokio::test]
async fn what_kms_refuses_is_told_with_what_to_do() {
    let world = World::new(Routes::default());
    let key = key(&world.clients).await;
    let cipher = cipher(&world, &key, "shop");
    let ciphertext = cipher.encrypt("hunter2").await.expect("a ciphertext");
    for (code, hint) in [
        ("AccessDeniedException", "allow kms:Encrypt and kms:Decrypt"),
        ("DisabledException", "enable the key"),
        ("KMSInvalidStateException", "pending deletion"),
        ("NotFoundException", "check `encryption.kms`"),
    ] {
        world.proxy.on("kms:Decrypt").times(1).fail(400, code, "no");
        let error = cipher.decrypt(&ciphertext).await.expect_err("refused");
        assert!(matches!(&error, EncryptionError::Key { error, .. } if error.code() == code), "{error}");
        assert!(error.to_string().contains(&key), "{error}");
        assert!(error.hint().is_some_and(|text| text.contains(hint)), "{code}: {:?}", error.hint());
    }
    world.proxy.on("kms:Decrypt").times(1).fail(400, "IncorrectKeyException", "no");
    assert!(matches!(cipher.decrypt(&ciphertext).await, Err(EncryptionError::OtherKey { .. })));
    assert_eq!(cipher.decrypt(&ciphertext).await.expect("the value"), "hunter2");
}

#[tokio::test]
async fn what_kms_cannot_take_is_refused_before_it_is_asked() {
    let world = World::new(Routes::default());
    let cipher = cipher(&world, "alias/shop", "shop");
    let error = cipher.encrypt(&"ü".repeat(2049)).await.expect_err("too long");
    assert_eq!(error.to_string(), "the value has 4098 bytes, and KMS encrypts at most 4096");
    assert!(matches!(cipher.encrypt("").await, Err(EncryptionError::Empty)));
    let foreign = Ciphertext::new(CipherKind::Age, vec![1]);
    assert!(matches!(cipher.decrypt(&foreign).await, Err(EncryptionError::OtherKind { .. })));
    assert!(world.proxy.calls().is_empty());
}

#[tokio::test]
async fn many_values_are_decrypted_at_once() {
    let world = World::new(Routes::default());
    let cipher = cipher(&world, &key(&world.clients).await, "shop");
    let values: Vec<String> = (0..20).map(|number| format!("value {number}")).collect();
    let encrypted = futures::future::try_join_all(values.iter().map(|value| cipher.encrypt(value))).await;
    let encrypted = encrypted.expect("ciphertexts");
    let decrypted = futures::future::try_join_all(encrypted.iter().map(|one| cipher.decrypt(one))).await;
    assert_eq!(decrypted.expect("the values"), values);
}

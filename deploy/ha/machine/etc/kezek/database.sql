-- Once, on the leader, as postgres. The owner makes the tables; the service may add facts and never change them.
create role kezek_owner login password '@OWNER_PASSWORD@';
create role kezek login password '@KEZEK_PASSWORD@';
create database kezek owner kezek_owner;

-- A year of the studio's quotes, and of the devices that it keeps, sells and lends. Follows demo.sql.
do $$ begin perform setseed(0.17); end $$;

insert into warehouses (code, name, address, contact_person, contact_phone, created_by, created_at)
select w.code, w.name, w.address, w.contact, w.phone, (select min(id) from users), now() - interval '365 days'
from (values
    ('STORE', 'Store room', E'3 Lantern Lane\nBasement', 'Grace Lin', '+44 20 7946 0190'),
    ('VAN', 'Installation van', null, 'Omar Haddad', null),
    ('HH', 'Depot Hamburg', E'Am Sandtorkai 12\n20457 Hamburg', 'Jonas Brandt', '+49 40 5550 0142')
) as w (code, name, address, contact, phone);

insert into stock_items
    (sku, name, category, unit, default_cost, default_price, reorder_point, reorder_quantity, supplier, supplier_sku,
     description, is_trackable, is_active, created_by, created_at)
select i.sku, i.name, i.category, i.unit, i.cost, i.price, i.point, i.reorder, i.supplier, i.theirs, i.description,
       i.sku <> 'SRV-INST', i.sku <> 'TAB-8', (select min(id) from users), now() - interval '365 days'
from (values
    ('TAB-10', 'Rugged tablet 10″', 'Devices', 'pcs', 312.0, 449.0, 6.0, 12.0, 'Nordgear', 'NG-T10', 'For drivers: survives rain and falls.'),
    ('TAB-8', 'Rugged tablet 8″', 'Devices', 'pcs', 268, 389, null, null, 'Nordgear', 'NG-T08', 'Sold out; the 10″ follows it.'),
    ('MOUNT-V', 'Vehicle mount', 'Accessories', 'pcs', 38.5, 62, 10, 20, 'Nordgear', 'NG-MV', null),
    ('NFC-USB', 'NFC reader, USB', 'Devices', 'pcs', 29.9, 49, 8, 20, 'Chipwerk', 'CW-7700', 'Reads the stamp cards of the loyalty app.'),
    ('CARD-NFC', 'NFC stamp card', 'Consumables', 'pcs', 0.42, 0.95, 400, 1000, 'Chipwerk', 'CW-CARD', null),
    ('METER-CAM', 'Meter camera', 'Devices', 'pcs', 54, 89, 5, 10, 'Optik Lang', 'OL-22', 'Takes readings where nobody is at home.'),
    ('SIM-EU', 'SIM card, Europe', 'Consumables', 'pcs', 4.5, 9, 20, 50, 'Linktel', null, null),
    ('LABEL-80', 'Thermal labels 80 mm', 'Consumables', 'roll', 2.1, 4.2, 30, 60, 'Papierhaus', 'PH-80', null),
    ('PRN-80', 'Label printer 80 mm', 'Devices', 'pcs', 118, 179, 3, 5, 'Papierhaus', 'PH-P80', null),
    ('CBL-C2', 'USB-C cable 2 m', 'Accessories', 'pcs', 3.2, 8, 25, 50, 'Kabelkontor', 'KK-C2', null),
    ('ROUTER-M', 'Mobile router', 'Devices', 'pcs', 86, 139, 4, 6, 'Linktel', 'LT-R5', null),
    ('SRV-INST', 'Installation on site', 'Services', 'h', null, 72, null, null, null, null, 'Not a thing: its stock is not counted.')
) as i (sku, name, category, unit, cost, price, point, reorder, supplier, theirs, description);

-- Week by week: what runs low is bought, things are sold, used and sometimes broken, and go to the van and to Hamburg.
do $$
declare
    item record;
    bought record;
    who bigint := (select min(id) from users);
    store bigint := (select id from warehouses where code = 'STORE');
    target bigint;
    held numeric;
    amount numeric;
    at timestamptz;
    reference bigint;
    movement bigint;
begin
    for item in select * from stock_items where is_trackable order by id loop
        held := 0;
        for week in 0..51 loop
            at := date_trunc('day', now()) - make_interval(days => 362 - week * 7) + make_interval(mins => 500 + (random() * 400)::int);
            if held < coalesce(item.reorder_point, 4) and item.is_active and (week = 0 or random() < 0.8) or week = 0 then
                amount := coalesce(item.reorder_quantity, 8) * case when week = 0 then 2 else 1 end;
                insert into stock_movements (movement_type, stock_item_id, warehouse_id, quantity, unit_cost, reason, moved_by, moved_at)
                values ('purchase', item.id, store, amount, round(item.default_cost * (0.94 + random() * 0.12)::numeric, 2), 'Order from ' || coalesce(item.supplier, 'the supplier'), who, at);
                held := held + amount;
            end if;
            amount := least(held, ceil(coalesce(item.reorder_quantity, 6) * (random() * 0.35)::numeric));
            if amount > 0 and random() < 0.55 then
                insert into stock_movements (movement_type, stock_item_id, warehouse_id, quantity, reason, moved_by, moved_at)
                values ((array['sale', 'sale', 'sale', 'usage'])[1 + (random() * 3)::int], item.id, store, -amount, null, who, at + interval '2 hours');
                held := held - amount;
            end if;
            if held >= 2 and random() < 0.03 then
                insert into stock_movements (movement_type, stock_item_id, warehouse_id, quantity, reason, moved_by, moved_at)
                values ('waste', item.id, store, -1, 'Broken in transport', who, at + interval '3 hours');
                held := held - 1;
            end if;
            amount := floor(held / 3);
            if week % 9 = item.id % 9 and amount >= 1 then
                target := (select id from warehouses where code = case when week % 2 = 0 then 'VAN' else 'HH' end);
                reference := nextval('transfer_reference_seq');
                insert into stock_movements (movement_type, stock_item_id, warehouse_id, quantity, reference_type, reference_id, reason, moved_by, moved_at)
                select 'transfer', item.id, t.house, t.moved, 'transfer', reference,
                       'Transfer from STORE to ' || (select code from warehouses where id = target), who, at + interval '4 hours'
                from (values (store, -amount), (target, amount)) as t (house, moved);
                held := held - amount;
            end if;
        end loop;
        insert into warehouse_stock (warehouse_id, stock_item_id, quantity_on_hand, location)
        select m.warehouse_id, m.stock_item_id, sum(m.quantity),
               case when m.warehouse_id = store then 'Shelf ' || chr(65 + (item.id % 5)::int) || (1 + item.id % 4) end
        from stock_movements m where m.stock_item_id = item.id group by 1, 2;
        -- What is left in the store room is what was bought last; elsewhere it has the item's cost.
        amount := (select quantity_on_hand from warehouse_stock where warehouse_id = store and stock_item_id = item.id);
        for bought in
            select * from stock_movements where stock_item_id = item.id and movement_type = 'purchase' order by moved_at desc
        loop
            exit when amount <= 0;
            insert into stock_lots (stock_item_id, warehouse_id, unit_cost, quantity_on_hand, created_by, created_at, source_movement_id)
            values (item.id, store, bought.unit_cost, least(amount, bought.quantity), who, bought.moved_at, bought.id);
            amount := amount - bought.quantity;
        end loop;
    end loop;
end $$;

insert into quotes
    (quote_number, client_id, title, description, status, tax_rate, currency_code, discount_type, discount_amount,
     discount_reason, payment_terms, terms, notes, valid_until, created_by, created_at, visible_to_client)
select q.number, c.id, q.title, q.description, q.status, q.tax, (select currency from settings), q.discount, coalesce(q.off, 0),
       q.reason, '30 days net', 'Prices hold until the date named above. Work begins two weeks after the order.', q.notes,
       current_date - q.age + 30, u.id, date_trunc('day', now()) - make_interval(days => q.age) + interval '10 hours', q.status <> 'draft'
from (
    select s.*, coalesce(nullif(t.quote_prefix, ''), 'QUO') || '-' || to_char(current_date - s.age, 'YYYYMMDD') || '-001' as number
    from settings t cross join (values
        ('Harbour Coffee', 'Online shop, first stage', 'accepted', 352, 20.0, null, null::numeric, null, 'Catalogue, basket and checkout for seven shops.', null),
        ('Nordlicht Energie', 'Tariff calculator', 'accepted', 338, 19, 'percentage', 5, 'Follow-up order', 'Compares tariffs by postcode.', null),
        ('City Library', 'Catalogue search, study', 'accepted', 310, 0, null, null, null, null, 'Reduced rate for public bodies.'),
        ('Atelier Moreau', 'Portfolio website', 'accepted', 287, 20, 'fixed', 400, 'Old customers', null, null),
        ('Fjord Logistics', 'Driver tablets, pilot', 'accepted', 262, 25, null, null, null, 'Ten vans, with mounts and SIM cards.', null),
        ('Harbour Coffee', 'Photographs of the roastery', 'rejected', 241, 20, null, null, null, null, null),
        ('Nordlicht Energie', 'Customer portal', 'accepted', 225, 19, 'percentage', 3, 'Volume', 'Meter readings, invoices and contracts in one place.', null),
        ('City Library', 'Self-service terminals', 'expired', 204, 0, null, null, null, null, null),
        ('Fjord Logistics', 'Route planner', 'accepted', 181, 25, null, null, null, 'Plans tours for forty vans.', null),
        ('Harbour Coffee', 'Loyalty app', 'accepted', 150, 20, 'percentage', 4, 'Together with the shop', null, null),
        ('Atelier Moreau', 'Care plan', 'accepted', 128, 20, null, null, null, 'Updates, backups and small wishes, for a year.', null),
        ('Nordlicht Energie', 'Cameras for 400 meters', 'rejected', 96, 19, null, null, null, null, null),
        ('City Library', 'Index of the local archive', 'accepted', 71, 0, null, null, null, null, 'Reduced rate for public bodies.'),
        ('Fjord Logistics', 'Tablets for the whole fleet', 'sent', 44, 25, 'percentage', 8, 'Forty at once', null, null),
        ('Harbour Coffee', 'Stock link to the roastery', 'sent', 19, 20, null, null, null, 'Each sale takes beans off the stock.', null),
        ('Nordlicht Energie', 'Accessibility audit', 'sent', 11, 19, null, null, null, null, null),
        ('Atelier Moreau', 'Texts in two languages', 'draft', 4, 20, null, null, null, null, null),
        ('Harbour Coffee', 'Stamp cards, second order', 'draft', 1, 20, null, null, null, null, null)
    ) as s (client, title, status, age, tax, discount, off, reason, description, notes)
) q
join clients c on c.name = q.client
cross join lateral (select id from users where is_active order by (id + q.age) % 2, id limit 1) u;

insert into quote_items (quote_id, position, line_kind, description, quantity, unit, unit_price, total_amount, sku, display_name, category, stock_item_id, is_stock_item)
select l.id, row_number() over (partition by l.id order by l.place) - 1, l.kind, l.text, l.quantity, l.unit, l.price,
       round(l.quantity * l.price, 2), l.sku, l.name, l.category, l.stock, l.stock is not null
from (
    select q.id, w.place, 'item' as kind, w.text, w.hours * (2 + q.id % 4) as quantity, 'h' as unit,
           coalesce(c.default_hourly_rate, 80) as price, null as sku, null as name, null as category, null::bigint as stock
    from quotes q join clients c on c.id = q.client_id
    cross join (values (1, 'Workshop and concept', 6.0), (2, 'Design', 10), (3, 'Development', 24.5), (5, 'Tests and launch', 7.25)) as w (place, text, hours)
    where q.title not like '%order' and q.title not like 'Tablets%'
    union all
    select q.id, 4 + s.id, 'item', i.name, s.amount, i.unit, i.default_price, null, null, null, i.id
    from quotes q
    join (values ('Driver tablets, pilot', 1, 'TAB-10', 10.0), ('Driver tablets, pilot', 2, 'MOUNT-V', 10), ('Driver tablets, pilot', 3, 'SIM-EU', 10),
                 ('Tablets for the whole fleet', 1, 'TAB-10', 40), ('Tablets for the whole fleet', 2, 'MOUNT-V', 40),
                 ('Tablets for the whole fleet', 3, 'SRV-INST', 30), ('Stamp cards, second order', 1, 'CARD-NFC', 5000),
                 ('Stamp cards, second order', 2, 'NFC-USB', 7), ('Cameras for 400 meters', 1, 'METER-CAM', 400)) as s (title, id, sku, amount)
        on s.title = q.title
    join stock_items i on i.sku = s.sku
    union all
    select q.id, 20, 'expense', 'Two days on site, by train', 1, null, 248.4, null, 'Travel', 'Travel', null
    from quotes q where q.id % 3 = 0
) l;

-- Sums as the server makes them: each amount rounded where it is stored.
update quotes q set subtotal = s.subtotal, tax_amount = round((s.subtotal - s.off) * q.tax_rate / 100, 2),
    total_amount = s.subtotal - s.off + round((s.subtotal - s.off) * q.tax_rate / 100, 2),
    sent_at = case when q.status in ('sent', 'accepted', 'rejected', 'expired') then q.created_at + interval '5 hours' end,
    accepted_at = case when q.status = 'accepted' then q.created_at + interval '8 days' end,
    accepted_by = case when q.status = 'accepted' then q.created_by end,
    rejected_at = case when q.status = 'rejected' then q.created_at + interval '12 days' end, updated_at = q.created_at
from (
    select x.id, x.subtotal, case x.discount_type when 'percentage' then round(x.subtotal * x.discount_amount / 100, 2)
        when 'fixed' then least(x.discount_amount, x.subtotal) else 0 end as off
    from (select q.id, q.discount_type, q.discount_amount, coalesce(sum(i.total_amount), 0) as subtotal
          from quotes q left join quote_items i on i.quote_id = q.id group by q.id) x
) s where s.id = q.id;

analyze;
